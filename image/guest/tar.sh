# How what a run leaves gets to the host.
# shellcheck shell=sh disable=SC2154 # lib.sh sets run

# Writes the files named in $run/files, each name ended by a zero byte and relative to the directory that this is called
# in, to the disk `output`: as a tar whose bytes depend on nothing but the files' names, modes and contents.
write_tar() {
    # The blank disk is a tar of nothing.
    if [ ! -s "$run/files" ]; then exit 0; fi
    output=$(disk_named output)
    # It would change what tar does.
    unset TAR_OPTIONS
    # In records of 2 MiB and past the page cache (O_WRONLY | O_DIRECT): through it, an emulated guest takes five times as long.
    # shellcheck disable=SC2016 # for perl to expand
    if ! LC_ALL=C perl -e 'sysopen STDOUT, shift, 040001 or die "output: $!\n"; exec @ARGV or die "@ARGV: $!\n"' "$output" \
        /usr/bin/tar --create --file=- --blocking-factor=4096 --format=posix --pax-option=delete=atime,delete=ctime --hard-dereference \
        --no-recursion --owner=0 --group=0 --numeric-owner --mtime=@0 \
        --null --verbatim-files-from --files-from="$run/files" 2>"$run/tar.errors"; then
        cat "$run/tar.errors" >&2
        if grep -Eq 'No space left on device|Wrote only' "$run/tar.errors"; then
            size=$(blockdev --getsize64 "$output")
            fail too-large "the output disk has $size bytes"
        fi
        exit 1
    fi
}
