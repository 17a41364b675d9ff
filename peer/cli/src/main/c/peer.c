/*
 * The command `peer`, as far as it needs no Java runtime. It prints the version and help from files of the build, and has
 * a daemon of its user do a command, over the daemon's socket (CommandRequest, FrameType). In all other cases it becomes
 * lib/peer.sh, which starts the runtime. It decides nothing about results: the daemon does, by the settings of its caller.
 */
#include "peer.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char dist[PATH_MAX];

/* A caller may have closed a standard stream: the next file to be opened would take its place. */
static void open_standard_streams(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 0 ? O_RDONLY : O_WRONLY) < 0)
            _exit(INFRASTRUCTURE);
}

static int find_dist(void)
{
    ssize_t length = readlink("/proc/self/exe", dist, sizeof dist - 1);
    if (length <= 0)
        return 0;
    dist[length] = 0;
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(dist, '/');
        if (!slash)
            return 0;
        *slash = 0;
    }
    return 1;
}

/* Prints a file of the build and ends; comes back if there is no such file. */
static void print_text(const char *name)
{
    char path[PATH_MAX + NAME_MAX];
    char bytes[1 << 16];
    snprintf(path, sizeof path, "%s/lib/help/%s", dist, name);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return;
    signal(SIGPIPE, SIG_IGN);
    for (ssize_t length; (length = read(file, bytes, sizeof bytes)) > 0;)
        out(1, bytes, (size_t)length);
    exit(exit_code(0));
}

static int is_word(const char *text)
{
    return *text && text[strspn(text, "abcdefghijklmnopqrstuvwxyz-")] == 0 && *text != '-';
}

static int is_help(const char *text)
{
    return !strcmp(text, "-h") || !strcmp(text, "--help");
}

/* Answers `--version`, `--help`, `help COMMAND`, `COMMAND --help` and `COMMAND SUBCOMMAND --help`. */
static void help(int count, char **words)
{
    char name[NAME_MAX];
    if (count == 1 && (!strcmp(words[0], "-V") || !strcmp(words[0], "--version")))
        print_text("version.txt");
    else if (count == 1 && (is_help(words[0]) || !strcmp(words[0], "help")))
        print_text("peer.txt");
    else if (count == 2 && !strcmp(words[0], "help") && is_word(words[1]))
        snprintf(name, sizeof name, "peer-%.40s.txt", words[1]), print_text(name);
    else if (count == 2 && is_word(words[0]) && is_help(words[1]))
        snprintf(name, sizeof name, "peer-%.40s.txt", words[0]), print_text(name);
    else if (count == 3 && is_word(words[0]) && is_word(words[1]) && is_help(words[2]))
        snprintf(name, sizeof name, "peer-%.40s-%.40s.txt", words[0], words[1]), print_text(name);
}

int main(int count, char **words)
{
    open_standard_streams();
    sigprocmask(SIG_BLOCK, NULL, &during);
    if (!find_dist()) {
        static const char nowhere[] = "peer: error: the installation of this command cannot be found\n"
                                      "peer: hint: /proc must be mounted\n";
        out(2, nowhere, sizeof nowhere - 1);
        return INFRASTRUCTURE;
    }
    help(count - 1, words + 1);
    have_done(count - 1, words + 1);
    char start[PATH_MAX + NAME_MAX];
    snprintf(start, sizeof start, "%s/lib/peer.sh", dist);
    char **all = calloc((size_t)count + 2, sizeof *all);
    if (!all)
        abort();
    all[0] = "sh";
    all[1] = start;
    memcpy(all + 2, words + 1, sizeof *all * (size_t)count);
    execv("/bin/sh", all);
    perror("peer: error: /bin/sh");
    return INFRASTRUCTURE;
}
