/* The way to the daemon of this user and home. */
#include "peer.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

/* The directory of the home's daemon, as PeerSettings has it; 0: only the runtime can say. */
static int daemon_directory(char *to, size_t size)
{
    const char *home = getenv("PEER_HOME"), *state = variable("XDG_STATE_HOME"), *user = variable("HOME");
    int length;
    if (home && home[strspn(home, " \t\r\n\f\v")])
        length = *home == '/' ? snprintf(to, size, "%s/daemon", home) : -1;
    else if (state && *state == '/')
        length = snprintf(to, size, "%s/peer/daemon", state);
    else
        length = user && *user == '/' ? snprintf(to, size, "%s/.local/state/peer/daemon", user) : -1;
    return length > 0 && (size_t)length < size;
}

/* The socket that the daemon's file names; 0: there is none, or another user could have written the file. */
static int socket_name(struct sockaddr_un *to)
{
    char directory[PATH_MAX], bytes[4096];
    struct stat at;
    if (!daemon_directory(directory, sizeof directory))
        return 0;
    int in = open(directory, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (in < 0 || fstat(in, &at) < 0 || at.st_uid != geteuid() || (at.st_mode & 07777) != 0700)
        return 0;
    int file = openat(in, "daemon.json", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    ssize_t length = file < 0 ? -1 : read(file, bytes, sizeof bytes - 1);
    close(file);
    close(in);
    if (length <= 0)
        return 0;
    bytes[length] = 0;
    static const char key[] = "\"socket\":\"";
    char *name = strstr(bytes, key);
    char *end = name ? strchr(name + sizeof key - 1, '"') : NULL;
    if (!end)
        return 0;
    *end = 0;
    name += sizeof key - 1;
    if (strchr(name, '\\') || *name != '/' || strlen(name) >= sizeof to->sun_path)
        return 0;
    to->sun_family = AF_UNIX;
    strcpy(to->sun_path, name);
    return 1;
}

int connect_daemon(void)
{
    struct sockaddr_un name = {0};
    struct ucred other;
    socklen_t size = sizeof other;
    struct timeval most = {.tv_sec = ANSWER_MILLIS / 1000};
    if (!socket_name(&name))
        return -1;
    int daemon = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (daemon < 0)
        return -1;
    setsockopt(daemon, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most);
    if (connect(daemon, (struct sockaddr *)&name, sizeof name) == 0
        && getsockopt(daemon, SOL_SOCKET, SO_PEERCRED, &other, &size) == 0 && other.uid == geteuid())
        return daemon;
    close(daemon);
    return -1;
}
