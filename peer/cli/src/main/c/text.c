/* Texts: a request that grows, and what texts begin with or are. */
#include "peer.h"
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void append(struct text *to, const void *bytes, size_t length)
{
    if (to->length + length > to->room) {
        to->room = 2 * (to->length + length);
        to->bytes = realloc(to->bytes, to->room);
        if (!to->bytes)
            abort();
    }
    memcpy(to->bytes + to->length, bytes, length);
    to->length += length;
}

/* A text of a request, with its zero byte. */
void put(struct text *to, const char *format, ...)
{
    char *one;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&one, format, arguments);
    va_end(arguments);
    if (length < 0)
        abort();
    append(to, one, (size_t)length + 1);
    free(one);
}

int begins_with_one_of(const char *const *beginnings, const char *text)
{
    for (; *beginnings; beginnings++)
        if (!strncmp(text, *beginnings, strlen(*beginnings)))
            return 1;
    return 0;
}

int is_one_of(const char *const *words, const char *text, size_t length)
{
    for (; *words; words++)
        if (strlen(*words) == length && !strncmp(text, *words, length))
            return 1;
    return 0;
}

/* Of other bytes a process of its own makes what it can. */
int is_utf8(const char *text)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        int more = *at < 0x80 ? 0 : *at >= 0xf0 ? 3 : *at >= 0xe0 ? 2 : 1;
        uint32_t point = more == 0 ? *at : *at & (0x3f >> more);
        if ((*at >= 0x80 && *at < 0xc0) || *at >= 0xf8)
            return 0;
        for (int left = more; left > 0; left--) {
            if ((*++at & 0xc0) != 0x80)
                return 0;
            point = point << 6 | (*at & 0x3f);
        }
        if (point < least[more] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
            return 0;
    }
    return 1;
}
