#!/bin/sh
# Checks what greet says, and what it refuses.
set -eu

# expect WHAT EXPECTED ACTUAL
expect() {
    if [ "$2" != "$3" ]; then
        echo "not ok: $1: expected '$2', got '$3'"
        exit 1
    fi
    echo "ok: $1"
}

expect "greets by name" "Hello, World!" "$(./greet World)"
expect "keeps spaces" "Hello, Ada Lovelace!" "$(./greet 'Ada Lovelace')"
expect "shouts when told to" "HELLO, WORLD!" "$(SHOUT=1 ./greet World)"
code=0
./greet || code=$?
expect "refuses to greet nobody, on stderr" 2 "$code"
