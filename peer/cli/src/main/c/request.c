/* The request: what the daemon has to know of its caller (CommandRequest). */
#include "peer.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The variables whose values a daemon needs in any case; it asks for others. */
static const char *const SENT[] = {"HOME", "TERM", "CI", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", NULL};
static const char *const SENT_PREFIXES[] = {"PEER_", "XDG_", NULL};

/* What is sent of the surroundings (Surroundings). */
static const char *const NAMESPACES[] = {"mnt", "net", "user", "pid", NULL};
static const char *const CREDENTIALS[] = {"Umask:", "Uid:", "Gid:", "Groups:", "CapEff:", "NoNewPrivs:", "Seccomp:", NULL};

static int put_installation(struct text *to)
{
    char jar[PATH_MAX + NAME_MAX];
    struct stat at;
    snprintf(jar, sizeof jar, "%s/lib/app/peer-cli.jar", dist);
    if (stat(jar, &at) < 0)
        return 0;
    put(to, "%s %ju:%ju %jd", dist, (uintmax_t)at.st_dev, (uintmax_t)at.st_ino,
        (intmax_t)at.st_mtim.tv_sec * 1000000000 + at.st_mtim.tv_nsec);
    return 1;
}

/* The lines of /proc/self/status that say who this is. */
static int append_credentials(struct text *to)
{
    char *line = NULL;
    size_t room = 0;
    FILE *status = fopen("/proc/self/status", "re");
    if (!status)
        return 0;
    for (ssize_t length; (length = getline(&line, &room, status)) > 0;)
        if (begins_with_one_of(CREDENTIALS, line))
            append(to, line, (size_t)length);
    free(line);
    return fclose(status) == 0;
}

static int put_surroundings(struct text *to)
{
    struct stat root;
    if (stat("/", &root) < 0 || !append_credentials(to))
        return 0;
    for (const char *const *name = NAMESPACES; *name; name++) {
        char path[64], space[64];
        snprintf(path, sizeof path, "/proc/self/ns/%s", *name);
        ssize_t length = readlink(path, space, sizeof space);
        if (length <= 0)
            return 0;
        append(to, space, (size_t)length);
        append(to, "\n", 1);
    }
    put(to, "%ju:%ju", (uintmax_t)root.st_dev, (uintmax_t)root.st_ino);
    return 1;
}

/* A person may be looking at a character device. */
static int is_screen(int fd)
{
    struct stat at;
    return fstat(fd, &at) == 0 && S_ISCHR(at.st_mode);
}

/* Writes the request (CommandRequest); 0: no daemon can do it as this process would. */
int request(struct text *to, int count, char **words)
{
    char *directory = getcwd(NULL, 0);
    if (!directory || *directory != '/' || !is_utf8(directory) || !is_utf8(dist))
        return 0;
    if (!put_installation(to) || !put_surroundings(to))
        return 0;
    put(to, "%s", directory);
    put(to, "%jd", (intmax_t)getpid());
    put(to, "%d", is_screen(1));
    put(to, "%d", is_screen(2));
    put(to, "%d", columns());
    put(to, "%d", count);
    for (int i = 0; i < count; i++) {
        if (!is_utf8(words[i]))
            return 0;
        put(to, "%s", words[i]);
    }
    for (char **entry = environ; *entry; entry++) {
        size_t name = strcspn(*entry, "=");
        if (!is_utf8(*entry))
            return 0;
        if (name == 0 || !(*entry)[name])
            continue;
        int whole = begins_with_one_of(SENT_PREFIXES, *entry) || is_one_of(SENT, *entry, name);
        put(to, "%.*s", whole ? INT_MAX : (int)name, *entry);
    }
    free(directory);
    return 1;
}
