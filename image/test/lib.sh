# Shared by the tests here, which run without a machine.
# shellcheck shell=sh

# use_mk IMAGE: from now on `mk` is the one of the guest image in this directory, or this program. Makes $work, which is
# removed at the end.
use_mk() {
    if [ -z "${1:-}" ] || [ ! -e "$1" ]; then
        echo "the directory of a guest image was expected: ${1:-}" >&2
        echo "hint: sh ${0} image/target/images/DIGEST" >&2
        exit 2
    fi
    if [ ! -x /usr/lib/plan9/bin/rc ] || ! command -v busybox fsck.erofs >/dev/null; then
        echo "not installed: /usr/lib/plan9/bin/rc, busybox or fsck.erofs" >&2
        echo "hint: apt-get install 9base busybox-static erofs-utils" >&2
        exit 2
    fi
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    mkdir "$work/bin"
    if [ -d "$1" ]; then
        fsck.erofs --extract="$work/root" --no-preserve "$1/root.erofs" >/dev/null
        ln -s "$work/root/usr/lib/plan9/bin/mk" "$work/bin/mk"
    else
        ln -s "$(realpath "$1")" "$work/bin/mk"
    fi
    PATH=$work/bin:$PATH:/usr/lib/plan9/bin
}

count=0
failures=0

# expect WHAT EXPECTED ACTUAL
expect() {
    count=$((count + 1))
    if [ "$2" = "$3" ]; then
        echo "ok     $1"
    else
        failures=$((failures + 1))
        printf 'FAILED %s\n--- expected\n%s\n--- actual\n%s\n' "$1" "$2" "$3" | cut -c 1-300
    fi
}

# Says how many passed, and fails unless all did.
conclude() {
    echo "$((count - failures)) of $count passed"
    [ "$failures" = 0 ]
}
