# What the repository's mkfile says, without running any of it (but mk runs what stands in backquotes). Called in the
# repository's root.
# shellcheck shell=sh disable=SC2154 # lib.sh sets lib, run and system_mkfile

# Has mk read the mkfile and writes its rules to $run/rules, a line each: KIND FLAGS NAME, see rules.awk; then what the
# stages ask of them to further files in $run, see lists.awk.
read_rules() {
    if [ ! -f mkfile ]; then fail mkfile "the repository has no mkfile in its root"; fi
    mk -f "$system_mkfile" -f mkfile -dp -n / >"$run/rules.dump" 2>"$run/rules.errors" || true
    code=0
    awk -f "$lib/rules.awk" "$run/rules.dump" >"$run/rules" || code=$?
    case $code in
    0) ;;
    2)
        cat "$run/rules.errors" >&2
        said=$(tail -n 1 "$run/rules.errors")
        fail mkfile "mk cannot read the mkfile: $said"
        ;;
    *) fail mkfile "mk's list of the mkfile's rules is cut: the guest's memory may be full" ;;
    esac
    awk -v "directory=$run" -f "$lib/lists.awk" "$run/rules"
    for list in caches artifacts reports; do
        if [ -s "$run/$list" ]; then sort -u -o "$run/$list" "$run/$list"; fi
    done
}

# check_targets TARGET ARGUMENT...: checks the target, and the arguments that are targets too.
check_targets() {
    check_target "$1"
    shift
    for argument in "$@"; do
        case $argument in
        *=*) ;;
        *) check_target "$argument" ;;
        esac
    done
}

# Fails unless mk has a rule for the target $1 and would run it: mk calls a file that is there "up to date", and that
# must not pass for a test.
check_target() {
    case $1 in
    '' | -* | *=*) fail no-target "not the name of a target: '$1'" ;;
    esac
    rule_for "$1"
    case $flags in
    *v*) ;;
    '')
        # shellcheck disable=SC2310 # for mk's words alone
        run_mk -n "$1" >&2 || true
        fail no-target "the mkfile has no rule for $1"
        ;;
    *)
        if [ -e "$1" ]; then
            fail no-target "$1 is there already, so mk would not run its rule: write it as $1:V:"
        fi
        ;;
    esac
}

# Sets $flags to those of all rules for the target $1; to nothing when there is none.
rule_for() {
    flags=
    while read -r kind more rule; do
        case $kind in
        target) if [ "$rule" = "$1" ]; then flags=$flags$more; fi ;;
        pattern)
            case $1 in
            "${rule%%[%&]*}"*"${rule#*[%&]}") flags=$flags$more ;;
            esac
            ;;
        regexp) if printf '%s\n' "$1" | grep -Eq -e "$rule"; then flags=$flags$more; fi ;;
        esac
    done <"$run/rules"
}

# make_names OPTION...: makes the names given a line each on stdin, after the directories that they lie in.
make_names() {
    names=
    while IFS= read -r name; do
        mkdir -p "${name%/*}"
        names=yes
        set -- "$@" "$name"
    done
    if [ -n "$names" ]; then run_mk "$@" </dev/null; fi
}
