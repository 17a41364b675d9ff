#!/bin/sh
# Tests of what the guest's scripts read out of a mkfile, without a machine. Needs the Debian package 9base.
#   image/test/scripts.sh
set -eu
# shellcheck disable=SC1007 # CDPATH is emptied on purpose
image=$(CDPATH= cd "$(dirname "$0")/.." && pwd)
if [ ! -x /usr/lib/plan9/bin/mk ]; then
    echo "no mk at /usr/lib/plan9/bin/mk" >&2
    echo "hint: apt-get install 9base" >&2
    exit 2
fi
PATH=$PATH:/usr/lib/plan9/bin
# shellcheck source=../guest/lib.sh
. "$image/guest/lib.sh"
# shellcheck source=../guest/rules.sh
. "$image/guest/rules.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
lib=$image/guest
run=$work/run
system_mkfile=$image/guest/mkfile
mkdir "$run" "$work/repository"
cd "$work/repository"

count=0
failures=0

# expect WHAT EXPECTED ACTUAL
expect() {
    count=$((count + 1))
    if [ "$2" = "$3" ]; then
        echo "ok     $1"
    else
        failures=$((failures + 1))
        printf 'FAILED %s\n--- expected\n%s\n--- actual\n%s\n' "$1" "$2" "$3"
    fi
}

# Reads the mkfile on stdin in.
mkfile() {
    rm -rf ./*
    cat >mkfile
    read_rules
    write_defaults
}

# reason COMMAND...: why it failed, or "none".
reason() {
    rm -f "$run/report"
    if ("$@") >/dev/null 2>&1; then echo none; else tr '\0' '\n' <"$run/report" | sed -n 2p; fi
}

mkfile <<'END'
test:V: unit lint
unit:V:
	true
lint:V:
	true
plain: unit
	true
nothing:V:
%.o: %.c
	cc -c $stem.c
check-&:V:
	true
'v[0-9]+':VR:
	true
END
expect "a virtual rule of prerequisites alone is a rule" none "$(reason check_target test)"
expect "a rule that does nothing is none" no-target "$(reason check_target nothing)"
expect "an unknown target has no rule" no-target "$(reason check_target nosuch)"
expect "a plain target has a rule" none "$(reason check_target plain)"
expect "a target of % has a rule" none "$(reason check_target main.o)"
expect "a target of & has a rule" none "$(reason check_target check-all)"
expect "a target of a regular expression has a rule" none "$(reason check_target v12)"
expect "a flag is not a target" no-target "$(reason check_target -n)"
expect "an assignment is not a target" no-target "$(reason check_target A=b)"
expect "the empty name is not a target" no-target "$(reason check_target '')"
touch plain nosuch test main.o check-all
expect "a file makes a plain target stand still" no-target "$(reason check_target plain)"
expect "a file does not stand in for a rule" no-target "$(reason check_target nosuch)"
expect "a file does not stop a virtual target" none "$(reason check_target test)"
expect "a file makes a target of % stand still" no-target "$(reason check_target main.o)"
expect "a file does not stop a virtual target of &" none "$(reason check_target check-all)"

mkfile <<'END'
all:V: /var/run/ci/artifacts/b /var/run/ci/artifacts/a
	echo /var/run/ci/artifacts/not-this
/var/run/ci/artifacts/dir/c /var/run/ci/artifacts/a:
	true
/var/run/ci/artifacts/%:
	true
%.x: /var/run/ci/artifacts/of-a-pattern
	true
/var/run/ci/cache/deps:
	true
END
expect "artifacts are those spelled out" "/var/run/ci/artifacts/a
/var/run/ci/artifacts/b
/var/run/ci/artifacts/dir/c" "$(concrete_names /var/run/ci/artifacts)"
expect "caches are those spelled out" /var/run/ci/cache/deps "$(concrete_names /var/run/ci/cache)"

# The recipe's first column of blanks is mk's, the second one it keeps: the text then looks like mk's own listing.
mkfile <<'END'
test:V:
	true
	rules: start=1 shelltype=sh shellcmd=sh
		Rule 1: mkfile[1] attr=10 next=0 chain=0 alltarget='fake'
		target=fake: /var/run/ci/artifacts/fake
		recipe@1='x'
END
expect "a recipe cannot pass for a rule" no-target "$(reason check_target fake)"
expect "a recipe cannot name an artifact" "" "$(concrete_names /var/run/ci/artifacts)"

mkfile <<'END'
test:V:
	true
END
expect "defaults where there is nothing" "base-image:VQ:
	:
post-test:VQ:
	:
/var/run/ci/env/CONTAINERIMAGE:Q: base-image
	echo \$CONTAINERIMAGE >\$target" "$(cat "$run/defaults.mk")"
expect "prepare-runtime can be made" "" "$(run_mk prepare-runtime 2>&1)"

mkfile <<'END'
base-image:V: Containerfile
	echo building
prepare-runtime:V: tools
	echo preparing
tools:V:
	echo tools
post-test:V: base-image
	echo after
/var/run/ci/env/CONTAINERIMAGE: base-image tools
	echo name
END
touch Containerfile
expect "no defaults where there is a recipe" "" "$(cat "$run/defaults.mk")"
expect "the user's recipes run, once each" "building
preparing
tools" "$(run_mk prepare-runtime 2>&1 | grep -v ^echo | sort)"

mkfile <<'END'
base-image:V: Containerfile
test:V:
	true
END
expect "prerequisites alone leave the default recipe" "base-image:VQ:" "$(head -n 1 "$run/defaults.mk")"

echo 'test:V' >mkfile
expect "a syntax error is told" mkfile "$(reason read_rules)"
rm mkfile
expect "a missing mkfile is told" mkfile "$(reason read_rules)"

echo "$((count - failures)) of $count passed"
[ "$failures" = 0 ]
