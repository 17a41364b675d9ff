/* roman: converts each argument, numbers to numerals and numerals to numbers. */
#include "roman.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static int convert(const char *word)
{
    char text[ROMAN_SIZE];
    char *end;
    int value = roman_parse(word);

    if (value != 0)
        return printf("%d\n", value) < 0;
    errno = 0;
    long number = strtol(word, &end, 10);
    if (errno == 0 && end != word && *end == '\0' && number >= ROMAN_MIN && number <= ROMAN_MAX) {
        roman_format((int)number, text);
        return puts(text) < 0;
    }
    fprintf(stderr, "roman: neither a number from %d to %d nor a numeral: %s\n", ROMAN_MIN, ROMAN_MAX, word);
    return 1;
}

int main(int argc, char **argv)
{
    int failed = 0;

    if (argc < 2) {
        fputs("usage: roman NUMBER|NUMERAL...\n", stderr);
        return 2;
    }
    for (int i = 1; i < argc; i++)
        failed |= convert(argv[i]);
    return failed;
}
