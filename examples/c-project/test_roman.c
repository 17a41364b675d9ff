/* The library's tests: a line for each, exit code 1 when one fails. */
#include "roman.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int failures;

static void check(const char *what, bool passed)
{
    printf("%s %s\n", passed ? "ok    " : "FAILED", what);
    failures += !passed;
}

static bool formats(int value, const char *expected)
{
    char text[ROMAN_SIZE];
    return roman_format(value, text) == strlen(expected) && strcmp(text, expected) == 0;
}

static bool round_trips(void)
{
    char text[ROMAN_SIZE];
    for (int value = ROMAN_MIN; value <= ROMAN_MAX; value++)
        if (roman_format(value, text) == 0 || roman_parse(text) != value)
            return false;
    return true;
}

int main(void)
{
    check("formats 1", formats(1, "I"));
    check("formats 1994 with subtraction", formats(1994, "MCMXCIV"));
    check("formats 3888, the longest", formats(3888, "MMMDCCCLXXXVIII"));
    check("refuses to format 0", formats(0, ""));
    check("refuses to format -1", formats(-1, ""));
    check("refuses to format 4000", formats(4000, ""));
    check("parses MMXXVI", roman_parse("MMXXVI") == 2026);
    check("refuses the empty string", roman_parse("") == 0);
    check("refuses four in a row", roman_parse("IIII") == 0);
    check("refuses MMMM", roman_parse("MMMM") == 0);
    check("refuses IC for 99", roman_parse("IC") == 0);
    check("refuses VX", roman_parse("VX") == 0);
    check("refuses lower case", roman_parse("xiv") == 0);
    check("refuses a tail", roman_parse("XIV ") == 0);
    check("reads back every number it writes", round_trips());
    return failures != 0;
}
