/* What the files of the command `peer` share. */
#ifndef PEER_H
#define PEER_H
#define _GNU_SOURCE
#include <limits.h>
#include <signal.h>
#include <stddef.h>

enum { INFRASTRUCTURE = 4, SIGNALLED = 128 };

/* A daemon that does not answer by then is not waited for: the command goes on by itself. */
enum { ANSWER_MILLIS = 20000 };

/* The directory of the installation. */
extern char dist[PATH_MAX];

/* The daemon that does the command; -1: none does. */
extern int doer;

/* The signal that is to end the command; 0: none came. */
extern volatile sig_atomic_t signalled;

/* The signals that are blocked while something is waited for. */
extern sigset_t during;

/* Text that grows. */
struct text {
    char *bytes;
    size_t length, room;
};

void append(struct text *to, const void *bytes, size_t length);
void put(struct text *to, const char *format, ...) __attribute__((format(printf, 2, 3)));
int begins_with_one_of(const char *const *beginnings, const char *text);
int is_one_of(const char *const *words, const char *text, size_t length);
int is_utf8(const char *text);

int request(struct text *to, int count, char **words);

void out(int fd, const char *bytes, size_t length);
int exit_code(int code);

int columns(void);
int await(int fd, short events, int millis);
void take_signals(void);
void give_signals_back(void);

int connect_daemon(void);
void send_number(char type, int number);
void have_done(int count, char **words);

#endif
