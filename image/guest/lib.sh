# Shared by the guest's scripts.
# shellcheck shell=sh disable=SC2034

repository=/work
system_mkfile=/usr/lib/plan9/mkfile
report=/run/peer/report
rules=/run/peer/rules
defaults=/run/peer/defaults.mk

# Says something about the stage to the host: info KEY VALUE.
info() {
    printf 'info\0%s\0%s\0' "$1" "$2" >>"$report"
}

# Ends the stage with a reason that is not a recipe's exit code: fail REASON MESSAGE.
fail() {
    printf 'fail\0%s\0%s\0' "$1" "$2" >>"$report"
    exit 1
}

# The device of the disk with this serial.
disk_named() {
    for disk in /sys/block/vd*; do
        if [ "$(cat "$disk/serial")" = "$1" ]; then
            echo "/dev/${disk##*/}"
            return
        fi
    done
    echo "no disk named $1" >&2
    return 1
}

# mk as the guest stages call it: the system's rules, the repository's, and a default where the repository has none.
run_mk() {
    mk -f "$system_mkfile" -f mkfile -f "$defaults" "$@"
}

# Writes the mkfile's rules to $rules, a line each: KIND RECIPE NAME.
read_rules() {
    if [ ! -f mkfile ]; then fail mkfile "the repository has no mkfile in its root"; fi
    mk -f "$system_mkfile" -f mkfile -dp -n / >"$rules.dump" 2>"$rules.errors" || true
    if ! grep -q '^variables:$' "$rules.dump"; then
        cat "$rules.errors" >&2
        fail mkfile "mk cannot read the mkfile: $(tail -n 1 "$rules.errors")"
    fi
    awk -f /usr/lib/peer/rules.awk "$rules.dump" >"$rules"
}

# The names under the directory $1 that the mkfile spells out, as target or as prerequisite.
concrete_names() {
    sed -n "s,^[a-z]* [r-] \(/var$1/..*\),\1,p" "$rules" | grep -v '[%&]' | sort -u
}

# The kind of the rule for the target $1: file, virtual, or pattern for a meta-rule; nothing when there is none.
rule_for() {
    while read -r kind _ name; do
        case $kind in
        file | virtual)
            if [ "$name" = "$1" ]; then echo "$kind" && return; fi
            ;;
        pattern)
            case $1 in
            "${name%%[%&]*}"*"${name#*[%&]}") echo pattern && return ;;
            esac
            ;;
        regexp)
            if printf '%s\n' "$1" | grep -Eq -e "$name"; then echo pattern && return; fi
            ;;
        esac
    done <"$rules"
}
