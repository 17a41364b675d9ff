#!/bin/sh
# Tests of what the guest's scripts make of a container image's layers and files, without a machine. Needs root, to mount,
# and the Debian packages 9base, busybox-static and erofs-utils.
#   image/test/container.sh IMAGE
set -eu
# shellcheck disable=SC1007 # CDPATH is emptied on purpose
image=$(CDPATH= cd "$(dirname "$0")/.." && pwd)
# shellcheck source=lib.sh
. "$image/test/lib.sh"
use_mk "${1:-}"
# shellcheck source=../guest/lib.sh
. "$image/guest/lib.sh"
# shellcheck source=../guest/container.sh
. "$image/guest/container.sh"
lib=$image/guest
run=$work/run
bundle=$run/container
root=$bundle/root
mkdir -p "$run/scratch" "$work/layers"

# mounted LAYERS: what the root of a container has whose image has these layers, from the top down; the file 1 of each
# layer holds its name. Mounts as the guest does, with busybox.
mounted() {
    printf '%s\n' id /app '' "$1" >"$run/image"
    rm -rf "$bundle" "$run/report"
    # shellcheck disable=SC2016 # busybox expands it
    unshare --mount busybox sh -euc '
        . "$1/guest/lib.sh"
        . "$1/guest/container.sh"
        run=$2 bundle=$2/container root=$2/container/root repository=$2
        mount -t tmpfs scratch "$run/scratch"
        mount_layers
        cd "$root"
        echo $(ls | wc -l) $(cat name)
    ' sh "$image" "$run" 2>/dev/null || tr '\0' ' ' <"$run/report"
}
layers=
number=500
# The directories are named as podman names them.
while [ "$number" -gt 0 ]; do
    directory=$work/layers/$(printf '%064d' "$number")/diff
    mkdir -p "$directory"
    echo "$number" >"$directory/name"
    : >"$directory/$number"
    layers=${layers:+$layers:}$directory
    number=$((number - 1))
done
first=${layers##*:}
expect "mounts an image of one layer" "2 1" "$(mounted "$first ")"
expect "mounts an image of two layers" "3 2" "$(mounted "${first%/*/*}/$(printf '%064d' 2)/diff $first")"
expect "mounts an image of 499 layers" "500 499" "$(mounted "${layers#*:}")"
expect "mounts an image without layers" "0" "$(mounted " ")"
expect "mounts more layers than the kernel accepts at once" \
    "fail container the 501 layers of the container image cannot be mounted " "$(mounted "$first:$layers")"

mkdir -p "$root/etc" "$root/opt/bin" "$root/store"
ln -s /store/users "$root/etc/users"
ln -s users "$root/etc/links"
ln -s loop "$root/etc/loop"
# found PATH: where the image's file of this path is.
found() {
    in_image "$1"
    echo "$file"
}
expect "a plain file is found at its own path" "$root/etc/passwd" "$(found /etc/passwd)"
expect "an absolute link starts at the image's root" "$root/store/users" "$(found /etc/links)"
expect "a circle of links ends in an error" "$root/etc/loop" "$(found /etc/loop)"

# note VARIABLE: what is said of the image with this variable.
note() {
    printf '%s\n' id /app user layers "$1" >"$run/image"
    rm -f "$run/report"
    # shellcheck disable=SC2016 # busybox expands it
    busybox sh -euc '
        . "$1/guest/lib.sh"
        . "$1/guest/container.sh"
        run=$2 root=$2/container/root
        note_missing_shell
    ' sh "$image" "$run"
    if [ -f "$run/report" ]; then tr '\0' ' ' <"$run/report" | sed 's/: Plan .*//'; fi
}
none="info note the container image has no sh in its PATH"
expect "an image without sh is reported" "$none" "$(note '"PATH=/opt/bin:/bin"')"
ln -s /store/dash "$root/opt/bin/sh"
expect "an image whose sh is a dangling link is reported" "$none" "$(note '"PATH=/bin:/opt/bin"')"
cp /bin/sh "$root/store/dash"
expect "an image whose sh lacks its loader is reported" \
    "info note the container image has no /lib64/ld-linux-x86-64.so.2, which its /opt/bin/sh needs" \
    "$(note '"PATH=/bin:/opt/bin"')"
expect "an image without PATH gets the usual one" "$none" "$(note '"HOME=/"')"
mkdir -p "$root/lib64"
: >"$root/lib64/ld-linux-x86-64.so.2"
expect "an image with sh and its loader is not reported" "" "$(note '"PATH=/bin:/opt/bin"')"
cp "$work/root/usr/lib/plan9/bin/mk" "$root/store/dash"
rm "$root/lib64/ld-linux-x86-64.so.2"
expect "an image with a static sh is not reported" "" "$(note '"PATH=/bin:/opt/bin"')"

mkdir "$work/empty"
cp "$work/root/usr/lib/plan9/bin/mk" "$work/empty/"
printf 'test:V:\n\techo runs\n' >"$work/empty/mkfile"
expect "mk runs without any file of the image" "echo runs" "$(chroot "$work/empty" /mk -n test 2>&1)"

# A layer's directory that hides those below it, which root marks.
mkdir -p "$work/store/l1/diff/kept" "$work/store/l2/diff/hidden/below"
perl -e 'my ($path, $name, $yes) = ("$ARGV[0]\0", "trusted.overlay.opaque\0", "y");
    syscall(188, $path, $name, $yes, 1, 0) == 0 or die $!' "$work/store/l2/diff/hidden"
marked() {
    perl -e 'for (@ARGV) { my ($path, $name, $value) = ("$_\0", "user.overlay.opaque\0", "\0");
        print syscall(191, $path, $name, $value, 1) == 1 ? $value : "-" }' "$@"
}
find "$work/store" -type d -print0 >"$work/directories"
"$lib/service/mark-opaque" <"$work/directories"
expect "a directory that hides others does so to a user namespace" "-y-" \
    "$(marked "$work/store/l1/diff/kept" "$work/store/l2/diff/hidden" "$work/store/l2/diff/hidden/below")"

conclude
