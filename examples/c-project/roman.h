/* Roman numerals from I to MMMCMXCIX, in their one canonical spelling. */
#ifndef ROMAN_H
#define ROMAN_H

#include <stddef.h>

enum {
    ROMAN_MIN = 1,
    ROMAN_MAX = 3999,
    ROMAN_SIZE = 16 /* the longest, MMMDCCCLXXXVIII, and its zero byte */
};

/* Writes value as a numeral. Returns its length, or 0 when value is out of range; text is then empty. */
size_t roman_format(int value, char text[static ROMAN_SIZE]);

/* Returns the value of a canonical numeral in upper case, or 0 for everything else: IIII, IC, VX, the empty string. */
int roman_parse(const char *text);

#endif
