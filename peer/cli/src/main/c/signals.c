/* Signals, which come only while something is waited for. */
#include "peer.h"
#include <errno.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <time.h>

/* After a signal the daemon has so long to end the command, as the command's own process has. */
enum { CLEAN_UP_MILLIS = 10000 };

volatile sig_atomic_t signalled;
static volatile sig_atomic_t resized;
sigset_t during;

static const int SIGNALS[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGPIPE};
enum { TAKEN = 4, ALL = 5 };
static struct sigaction actions[ALL];

int columns(void)
{
    struct winsize window = {0};
    return ioctl(2, TIOCGWINSZ, &window) < 0 ? 0 : window.ws_col;
}

static long long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

/*
 * Waits until a descriptor is ready; 0: it is not by then. Tells the daemon of signals. After one that ends the command it
 * waits for a moment only, and for nobody who has not begun.
 */
int await(int fd, short events, int millis)
{
    static long long end = LLONG_MAX;
    struct pollfd waited = {.fd = fd, .events = events};
    long long until = millis < 0 ? LLONG_MAX : now() + millis;
    while (1) {
        if (signalled && doer < 0)
            return 0;
        if (signalled && end == LLONG_MAX) {
            end = now() + CLEAN_UP_MILLIS;
            send_number('k', signalled);
        }
        if (resized && doer >= 0) {
            resized = 0;
            send_number('x', columns());
        }
        long long last = until < end ? until : end, left = last - now();
        struct timespec time = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000};
        int ready = left < 0 ? 0 : ppoll(&waited, 1, last == LLONG_MAX ? NULL : &time, &during);
        if (ready > 0)
            return 1;
        if (ready == 0 || errno != EINTR)
            return 0;
    }
}

static void take_signal(int number)
{
    if (number == SIGWINCH)
        resized = 1;
    else
        signalled = number;
}

/*
 * Signals come only while something is waited for. A caller's TERM and HUP that are ignored stay so; INT does not, as in
 * the command's own process (IgnoredInterrupt).
 */
void take_signals(void)
{
    sigset_t all;
    sigemptyset(&all);
    for (int i = 0; i < ALL; i++) {
        struct sigaction action = {.sa_handler = i < TAKEN ? take_signal : SIG_IGN};
        sigaction(SIGNALS[i], NULL, &actions[i]);
        if (actions[i].sa_handler == SIG_IGN && SIGNALS[i] != SIGINT)
            continue;
        sigaction(SIGNALS[i], &action, NULL);
        if (i < TAKEN)
            sigaddset(&all, SIGNALS[i]);
    }
    sigprocmask(SIG_BLOCK, &all, &during);
}

void give_signals_back(void)
{
    for (int i = 0; i < ALL; i++)
        sigaction(SIGNALS[i], &actions[i], NULL);
    sigprocmask(SIG_SETMASK, &during, NULL);
}
