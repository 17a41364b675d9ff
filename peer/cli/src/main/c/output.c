/* stdout and stderr, which may be non-blocking or lose what is written. */
#include "peer.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* So much fits into a pipe that can be written to. */
enum { PIECE = 4096 };

static const char *lost[3];
static int reader_gone[3];

/* What ends with a person who no longer reads, and not with output that is lost (StandardStream). */
static int has_no_reader(int fd)
{
    static const char *const terminals[] = {"/dev/pts/", "/dev/tty", "/dev/console", NULL};
    char name[64], device[64];
    struct stat at;
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(name, device, sizeof device - 1);
    device[length > 0 ? length : 0] = 0;
    return begins_with_one_of(terminals, device)
        || (fstat(fd, &at) == 0 && (S_ISFIFO(at.st_mode) || S_ISSOCK(at.st_mode)));
}

/* A terminal may keep the write waiting: a signal ends that. */
static ssize_t write_piece(int fd, const char *bytes, size_t length)
{
    sigset_t before;
    sigprocmask(SIG_SETMASK, &during, &before);
    ssize_t written = write(fd, bytes, length < PIECE ? length : PIECE);
    int failure = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    errno = failure;
    return written;
}

/* Writes all bytes to stdout or stderr, which may be non-blocking; says of a loss once. */
void out(int fd, const char *bytes, size_t length)
{
    while (length > 0 && !lost[fd] && !reader_gone[fd]) {
        /* Only a signal ends the wait, and what is not written by then is lost. */
        if (!await(fd, POLLOUT, -1))
            exit(SIGNALLED + signalled);
        ssize_t written = write_piece(fd, bytes, length);
        if (written >= 0) {
            bytes += written;
            length -= (size_t)written;
        } else if (errno != EINTR && errno != EAGAIN) {
            char *message;
            int failure = errno;
            if (has_no_reader(fd)) {
                reader_gone[fd] = 1;
                break;
            }
            lost[fd] = strerror(failure);
            if (fd == 1
                && asprintf(&message, "peer: error: stdout cannot be written: %s\npeer: hint: what follows is lost there;"
                                      " give it room, and see `peer log` for a run's output\n", lost[fd]) > 0)
                out(2, message, strlen(message));
        }
    }
}

int exit_code(int code)
{
    return code == 0 && (lost[1] || lost[2]) ? INFRASTRUCTURE : code;
}
