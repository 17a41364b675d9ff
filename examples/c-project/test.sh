#!/bin/sh
# Tests of the program, after those of the library.
set -eu

# expect EXPECTED ARGUMENT...: what roman prints for the arguments, on stdout and stderr.
expect() {
    expected=$1
    shift
    actual=$(build/roman "$@" 2>&1) || true
    if [ "$actual" != "$expected" ]; then
        echo "FAILED roman $*: expected '$expected', got '$actual'"
        exit 1
    fi
    echo "ok     roman $*"
}

expect MMXXVI 2026
expect 2026 MMXXVI
expect "$(printf 'IV\n9')" 4 IX
expect "roman: neither a number from 1 to 3999 nor a numeral: 4000" 4000
expect "usage: roman NUMBER|NUMERAL..."
