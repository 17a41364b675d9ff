#include "roman.h"

#include <string.h>

static const struct {
    int value;
    const char *digits;
} steps[] = {
    {1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"},
    {40, "XL"},  {10, "X"},   {9, "IX"},  {5, "V"},    {4, "IV"},  {1, "I"},
};

enum { STEPS = sizeof steps / sizeof steps[0] };

size_t roman_format(int value, char text[static ROMAN_SIZE])
{
    size_t length = 0;

    text[0] = '\0';
    if (value < ROMAN_MIN || value > ROMAN_MAX)
        return 0;
    for (int i = 0; i < STEPS; i++) {
        for (; value >= steps[i].value; value -= steps[i].value) {
            size_t count = strlen(steps[i].digits);
            memcpy(text + length, steps[i].digits, count);
            length += count;
        }
    }
    text[length] = '\0';
    return length;
}

int roman_parse(const char *text)
{
    char canonical[ROMAN_SIZE];
    const char *rest = text;
    int value = 0;

    for (int i = 0; i < STEPS; i++) {
        size_t count = strlen(steps[i].digits);
        while (value <= ROMAN_MAX && strncmp(rest, steps[i].digits, count) == 0) {
            value += steps[i].value;
            rest += count;
        }
    }
    /* A greedy reading takes spellings like IIII as well: only what is written the same way again is canonical. */
    if (*rest != '\0' || roman_format(value, canonical) == 0 || strcmp(canonical, text) != 0)
        return 0;
    return value;
}
