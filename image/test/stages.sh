#!/bin/sh
# Tests of how the guest's stages end, without a machine: no failure may become a pass.
# Needs the Debian packages 9base, busybox-static and erofs-utils.
#   image/test/stages.sh IMAGE
set -eu
# shellcheck disable=SC1007 # CDPATH is emptied on purpose
image=$(CDPATH= cd "$(dirname "$0")/.." && pwd)
# shellcheck source=lib.sh
. "$image/test/lib.sh"
use_mk "${1:-}"
LC_ALL=C
export LC_ALL
run=$work/run
ci=$work/ci
mkdir -p "$run" "$work/repository" "$ci/env" "$ci/artifacts" "$ci/cache" "$work/disks" "$work/bin"
cd "$work/repository"

# The stages as they are, but for the paths and the disks.
cp -R "$image/guest" "$work/guest"
find "$work/guest" -type f -exec sed -i -e "s,/usr/lib/plan9/mkfile,$work/guest/mkfile,g" \
    -e "s,/usr/bin/\\(find\\|tar\\),$work/bin/\\1,g" -e "s,/usr/lib/peer,$work/guest,g" -e "s,/run/peer,$run,g" -e "s,/var/run/ci,$ci,g" -e "s,/run/ci,$ci,g" \
    -e "s,^repository=.*,repository=$work/repository," {} +
echo "disk_named() { echo $work/disks/\$1; }" >>"$work/guest/lib.sh"
printf 'id\n\n\nlayer \n' >"$work/guest/default-image"
for command in awk find sort tar; do
    path=$(command -v $command)
    ln -s "$path" "$work/bin/$command"
done
: >"$run/attached"
: >"$work/disks/output"

# stage NAME ARGUMENT...: its exit code, and the reason that it gives. Busybox runs commands of its own, whatever PATH
# says: where one is to be broken, another shell is asked.
shell='busybox sh'
stage() {
    name=$1
    shift
    rm -f "$run/report"
    code=0
    # shellcheck disable=SC2086 # two words
    PATH=$work/bin:$PATH $shell "$work/guest/stage/$name" "$@" >"$work/said" 2>&1 || code=$?
    reason=
    if [ -f "$run/report" ]; then reason=$(tr '\0' '\n' <"$run/report" | sed -n '/^fail$/{n;p;}'); fi
    echo "$code${reason:+ $reason}"
}

# outcome NAME ARGUMENT...: whether a stage passes.
outcome() {
    case $(stage "$@") in
    0) echo passed ;;
    *) echo failed ;;
    esac
}

# prepared: reads the mkfile on stdin in, and runs the stage prepare.
prepared() {
    rm -rf "${ci:?}"/*/* ./*
    cat >mkfile
    stage prepare test
}

# left: the artifacts on the disk.
left() {
    tar --list --file="$work/disks/output" | tr '\n' ' '
}

# listed: the artifacts on the disk with their modes and where links lead.
listed() {
    tar --list --verbose --file="$work/disks/output" | sed -E 's, +0/0 +[0-9,]+ 1970-01-01 [0-9:]+,,' | tr '\n' ' '
}

# said KEY: what the stage told the host under this key.
said() {
    tr '\0' '\n' <"$run/report" | sed -n "/^$1\$/,/^info\$/p" | sed -e 1d -e '/^info$/d' | tr '\n' ' ' | sed 's/ $//'
}

# ended COMMAND [STAGE ARGUMENT...]: how the stage, artifacts unless told, ends when the command in it is killed after its
# first line.
ended() {
    mv "$work/bin/$1" "$work/whole"
    printf '#!/bin/sh\n%s "$@" | head -n 1\nkill -9 $$\n' "$work/whole" >"$work/bin/$1"
    chmod 755 "$work/bin/$1"
    killed=$1
    shift
    outcome "${@:-artifacts}"
    mv "$work/whole" "$work/bin/$killed"
}

expect "a failing recipe of the preparation fails the preparation" 1 "$(prepared <<'END'
test:V:
	true
prepare-runtime:V:
	false
END
)"
expect "a recipe killed by a signal fails its stage" 1 "$(prepared <<'END'
test:V:
	true
prepare-runtime:V:
	kill -9 $$
END
)"
expect "a cache that its recipe does not create fails the preparation" 1 "$(prepared <<END
test:V:
	true
$ci/cache/deps:
	exit 3
END
)"
expect "the preparation passes" 0 "$(prepared <<'END'
test:V: plain
plain:
	true
prepare-runtime:V:
	touch plain
END
)"
expect "a target that the preparation created as a file is refused" "1 no-target" "$(stage test none plain)"
expect "a virtual target of that name is not refused" "1 container" "$(rm "$run/image" && stage test none test)"

prepared >/dev/null <<END
test:V:
	true
$ci/artifacts/dir/a:
	echo a >\$target
required-artifacts:V: $ci/artifacts/dir/a $ci/artifacts/group
$ci/artifacts/group:V:
	echo b >$ci/artifacts/b
post-test:V:
	exit 3
END
expect "artifacts are made" 0 "$(stage artifacts)"
expect "artifacts are on the disk" "b dir/ dir/a " "$(left)"
expect "a failing recipe of post-test fails its stage" 1 "$(stage post-test)"
ln -s nowhere "$ci/artifacts/link"
ln -s . "$ci/artifacts/loop"
mkfifo "$ci/artifacts/pipe"
mkdir "$ci/artifacts/empty"
chmod 4750 "$ci/artifacts/b"
perl -MSocket -e 'socket(S, PF_UNIX, SOCK_STREAM, 0) && bind(S, sockaddr_un($ARGV[0])) or die' "$ci/artifacts/socket"
expect "the host decides what an artifact can be" 0 "$(stage artifacts)"
expect "artifacts are on the disk as they were made" \
    "-rwsr-x--- b drwxr-xr-x dir/ -rw-r--r-- dir/a drwxr-xr-x empty/ lrwxrwxrwx link -> nowhere lrwxrwxrwx loop -> . prw-r--r-- pipe " \
    "$(listed)"
expect "the host learns which names are sockets" socket "$(said sockets)"
expect "the host learns what the mkfile requires" "dir/a group" "$(said required)"
rm "$ci/artifacts/socket"
shell=dash
for command in find sort tar; do
    expect "killing $command loses no artifact unnoticed" failed "$(ended $command)"
done
expect "all artifacts are kept when nothing is killed" passed "$(outcome artifacts)"
expect "killing awk loses no rule unnoticed" failed "$(ended awk prepare test)"
shell='busybox sh'
rm "$run/rules"
expect "post-test is not skipped when the list of rules is missing" failed "$(outcome post-test)"
prepared >/dev/null <<END
test:V:
	true
$ci/artifacts/a:
	cp nowhere \$target || true
END
expect "a named artifact that its recipe does not create fails its stage" "1 no-artifact" "$(stage artifacts)"
prepared >/dev/null <<END
test:V:
	true
$ci/artifacts/a:
	false | cat >\$target
$ci/artifacts/b:
	exit 4
END
expect "an artifact whose recipe fails fails its stage" 1 "$(stage artifacts)"

prepared >/dev/null <<END
test:V:
	true
test-reports:V: $ci/artifacts/surefire $ci/artifacts/lost elsewhere
$ci/artifacts/surefire:
	mkdir \$target && echo '<testsuite/>' >\$target/TEST-a.xml && echo text >\$target/a.txt
$ci/artifacts/lost:
	exit 3
$ci/artifacts/junit.xml:
	echo '<testsuite/>' >\$target
$ci/artifacts/release.tar:
	echo released >\$target
elsewhere:V:
	echo not a report >$ci/artifacts/elsewhere.xml
END
expect "the host learns that the mkfile names reports" yes "$(said reports)"
expect "the reports of a failed test are made, as far as they can be" 0 "$(stage reports)"
expect "no other artifact is made after a failed test" "junit.xml surefire/TEST-a.xml " "$(left)"
prepared >/dev/null <<END
test:V:
	true
$ci/artifacts/report.txt:
	echo text >\$target
END
expect "the host is not told of reports where the mkfile names none" "" "$(said reports)"

# cached: reads the mkfile on stdin in, and runs the stage prepare with the caches as they are.
cached() {
    rm -rf ./*
    cat >mkfile
    stage prepare test
}

# staying NAME...: what would be removed from the caches if these are shared.
staying() {
    printf '%s\n' "$@" >"$run/names"
    # shellcheck source=../guest/caches.sh
    (. "$work/guest/caches.sh" && unshared "$ci/cache" "$run/names") | sort -z | tr '\0' ' '
}

mkdir -p "$ci/cache/go/mod" "$ci/cache/go/build" "$ci/cache/old name"
touch "$ci/cache/go/mod/a" "$ci/cache/.hidden" "$ci/cache/go-tools"
ln -s go "$ci/cache/link"
expect "caches are shared" 0 "$(cached <<END
test:V:
	true
shared-caches:V: $ci/cache/go/mod
shared-caches:V: $ci/cache/deps $ci/cache/go/mod
$ci/cache/deps:
	mkdir \$target
END
)"
expect "the host learns which are shared" "deps go/mod" "$(said shared-caches)"
expect "the host learns that others are there" yes "$(said unshared-caches)"
expect "all other caches stay here, and a link leads to none" "./.hidden ./go-tools ./go/build ./link ./old name " \
    "$(staying deps go/mod link/mod)"
expect "a cache within a shared one travels with it" "./.hidden ./go-tools ./link ./old name " \
    "$(staying deps go go/mod/a)"
rm -rf "${ci:?}/cache"/* "$ci/cache/.hidden"
expect "only shared caches are there" 0 "$(cached <<END
test:V:
	true
shared-caches:V: $ci/cache/deps
$ci/cache/deps:
	mkdir \$target && touch \$target/a
END
)"
expect "the host learns that no other is there" no "$(said unshared-caches)"
rm -rf "${ci:?}/cache"/*
expect "a mkfile without caches passes" 0 "$(printf 'test:V:\n\ttrue\n' | cached)"
expect "the host learns of no shared cache" "" "$(said shared-caches)"
expect "the host learns that there is no cache" no "$(said unshared-caches)"
for name in /etc/passwd "$ci/cache" "$ci/cache/" "$ci/cache/../artifacts" "$ci/cache/a/../b" "$ci/cache//a" "$ci/cache/a/" \
    "$ci/cache/./a" "'$ci/cache/*'" "'$ci/cache/[a]'" "'$ci/cache/a\\b'" "$ci/cache/ä" deps; do
    expect "no shared cache has the name $name" "1 mkfile" \
        "$(printf 'test:V:\n\ttrue\nshared-caches:V: %s\n' "$name" | cached)"
done
many=$(seq -f "$ci/cache/a-long-name-%g" 300 | tr '\n' ' ')
expect "the list of shared caches has an end" "1 mkfile" \
    "$(printf 'test:V:\n\ttrue\nshared-caches:V: %s\n' "$many" | cached)"

conclude
