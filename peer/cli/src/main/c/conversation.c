/* What this process and the daemon say to each other (FrameType). */
#include "peer.h"
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LARGEST_FRAME = 4 << 20 };

/* The commands that a daemon does (DaemonCommands). */
static const char *const COMMANDS[] = {"run", "replay", "explain", "ls", "show", "log", "artifacts", NULL};

int doer = -1;

static int send_all(int daemon, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(daemon, bytes, length, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return 0;
        bytes += sent;
        length -= (size_t)sent;
    }
    return 1;
}

static int send_frame(int daemon, char type, const char *bytes, size_t length)
{
    char head[5] = {type, (char)(length >> 24), (char)(length >> 16), (char)(length >> 8), (char)length};
    return length <= LARGEST_FRAME && send_all(daemon, head, sizeof head) && send_all(daemon, bytes, length);
}

void send_number(char type, int number)
{
    char text[16];
    send_frame(doer, type, text, (size_t)snprintf(text, sizeof text, "%d", number));
}

static int receive(int daemon, int millis, char *to, size_t length)
{
    while (length > 0) {
        ssize_t got = await(daemon, POLLIN, millis) ? recv(daemon, to, length, 0) : 0;
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return 0;
        to += got;
        length -= (size_t)got;
    }
    return 1;
}

/* The next frame's type, and the length of its content; 0: there is none. */
static char next(int daemon, int millis, uint32_t *length)
{
    unsigned char head[5];
    if (!receive(daemon, millis, (char *)head, sizeof head))
        return 0;
    *length = (uint32_t)head[1] << 24 | (uint32_t)head[2] << 16 | (uint32_t)head[3] << 8 | head[4];
    return (char)head[0];
}

static int copy(int fd, uint32_t length)
{
    static char bytes[1 << 16];
    while (length > 0) {
        size_t piece = length < sizeof bytes ? length : sizeof bytes;
        if (!receive(doer, -1, bytes, piece))
            return 0;
        out(fd, bytes, piece);
        length -= (uint32_t)piece;
    }
    return 1;
}

static int give_value(const char *name)
{
    const char *value = getenv(name);
    return send_frame(doer, 'V', value ? value : "", value ? strlen(value) : 0);
}

/*
 * Shows what the daemon sends, until the end; comes back if the command is to be done here. What only reads is done here if
 * the daemon goes before it said anything.
 */
static void follow(int only_reads)
{
    uint32_t length;
    char text[PATH_MAX];
    int shown = 0;
    for (char type; (type = next(doer, -1, &length));) {
        if (type == '1' || type == '2') {
            shown = 1;
            if (!copy(type - '0', length))
                break;
            continue;
        }
        if (length >= sizeof text || !receive(doer, -1, text, length))
            break;
        text[length] = 0;
        if (type == 'n')
            return;
        if (type == 'e')
            exit(exit_code(atoi(text)));
        if (type == 'v' && !give_value(text))
            break;
    }
    if (signalled)
        exit(SIGNALLED + signalled);
    if (only_reads && !shown)
        return;
    const char *gone = only_reads ? "peer: error: the daemon ended before the command did\n"
                                    "peer: hint: do it again\n"
                                  : "peer: error: the daemon ended before the run did\n"
                                    "peer: hint: if `peer daemon status` lists the run, it runs when you start the daemon"
                                    " again; `peer run --no-daemon` runs it here\n";
    out(2, gone, strlen(gone));
    exit(INFRASTRUCTURE);
}

/* Has the daemon do the command, and ends with its exit code; comes back if the command is to be done here. */
void have_done(int count, char **words)
{
    struct text asked = {0};
    uint32_t length;
    int daemon = count > 0 && is_one_of(COMMANDS, words[0], strlen(words[0])) ? connect_daemon() : -1;
    if (daemon < 0)
        return;
    if (request(&asked, count, words) && send_frame(daemon, 'c', asked.bytes, asked.length)) {
        take_signals();
        if (next(daemon, ANSWER_MILLIS, &length) == 'r' && length == 0) {
            doer = daemon;
            follow(strcmp(words[0], "run"));
        }
        give_signals_back();
        if (signalled) {
            signal(signalled, SIG_DFL);
            raise(signalled);
        }
    }
    free(asked.bytes);
    close(daemon);
}
