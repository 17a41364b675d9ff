# What the repository's mkfile says, without running any of it (but mk runs what stands in backquotes). Called in the
# repository's root.
# shellcheck shell=sh disable=SC2154 # lib.sh sets lib, run and system_mkfile

# The well-known file from which the container image's name is read.
image_name_file=/var/run/ci/env/CONTAINERIMAGE

# Has mk read the mkfile and writes its rules to $run/rules, a line each: KIND FLAGS NAME, see rules.awk.
read_rules() {
    if [ ! -f mkfile ]; then fail mkfile "the repository has no mkfile in its root"; fi
    mk -f "$system_mkfile" -f mkfile -dp -n / >"$run/rules.dump" 2>"$run/rules.errors" || true
    if ! grep -q '^variables:$' "$run/rules.dump"; then
        cat "$run/rules.errors" >&2
        said=$(tail -n 1 "$run/rules.errors")
        fail mkfile "mk cannot read the mkfile: $said"
    fi
    awk -f "$lib/rules.awk" "$run/rules.dump" >"$run/rules" ||
        fail mkfile "mk's list of the mkfile's rules is cut: the guest's memory may be full"
}

# Writes $run/defaults.mk: a recipe for what must have one and got none. A second recipe would be an error to mk.
write_defaults() {
    awk -v "file=$image_name_file" '
        /^target rv? / && NF == 3 { made[$3] }
        END {
            if (!("base-image" in made)) print "base-image:VQ:\n\t:"
            if (!("post-test" in made)) print "post-test:VQ:\n\t:"
            if (!(file in made)) print file ":Q: base-image\n\techo $CONTAINERIMAGE >$target"
        }' "$run/rules" >"$run/defaults.mk"
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
    flags=$(rule_for "$1")
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

# The flags of all rules for the target $1; nothing when there is none.
rule_for() {
    while read -r kind flags name; do
        case $kind in
        target) if [ "$name" = "$1" ]; then echo "$flags"; fi ;;
        pattern)
            case $1 in
            "${name%%[%&]*}"*"${name#*[%&]}") echo "$flags" ;;
            esac
            ;;
        regexp) if printf '%s\n' "$1" | grep -Eq -e "$name"; then echo "$flags"; fi ;;
        esac
    done <"$run/rules"
}

# Writes the names below the directory $1 that the mkfile spells out, as target or as prerequisite, to the file $2.
concrete_names() {
    awk -v "directory=$1/" '
        $1 == "target" || $1 == "need" {
            name = substr($0, length($1) + length($2) + 3)
            if (index(name, directory) == 1 && length(name) > length(directory) && name !~ /[%&]/) print name
        }' "$run/rules" >"$2"
    if [ -s "$2" ]; then sort -u -o "$2" "$2"; fi
}

# Writes the names of the artifacts that are made after a failed test too to the file $1: XML, and what test-reports names.
report_names() {
    concrete_names /var/run/ci/artifacts "$1.all"
    sed -n '/\.[Xx][Mm][Ll]$/p' "$1.all" >"$1"
    sed -n 's,^report - \(/var/run/ci/artifacts/\),\1,p' "$run/rules" >>"$1"
    if [ -s "$1" ]; then sort -u -o "$1" "$1"; fi
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
