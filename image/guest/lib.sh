# Shared by the guest's scripts: where things are, how a stage reports, how mk is called.
# shellcheck shell=sh disable=SC2034 # used by those who read this file in

lib=/usr/lib/peer
run=/run/peer
repository=/work
# Of podman's service for the containers that tests start, and not root's alone, as $run is.
service=/run/peer-service
system_mkfile=/usr/lib/plan9/mkfile

# Says something about the stage to the host: info KEY VALUE.
info() {
    printf 'info\0%s\0%s\0' "$1" "$2" >>"$run/report"
}

# Ends the stage with a reason that is not a recipe's exit code: fail REASON MESSAGE.
fail() {
    printf 'fail\0%s\0%s\0' "$1" "$2" >>"$run/report"
    exit 1
}

# The device of the disk with this serial.
disk_named() {
    for disk in /sys/block/vd*; do
        read -r serial <"$disk/serial" || true
        if [ "$serial" = "$1" ]; then
            echo "/dev/${disk##*/}"
            return
        fi
    done
    echo "no disk named $1" >&2
    return 1
}

# Sets $entry to a path in the directory $1, whichever; to nothing when the directory is empty.
find_entry() {
    for entry in "$1"/* "$1"/.[!.]* "$1"/..?*; do
        if [ -e "$entry" ] || [ -L "$entry" ]; then return; fi
    done
    entry=
}

# mk as the guest's stages call it: the system's rules, the repository's, and defaults for what neither gives.
run_mk() {
    mk -f "$system_mkfile" -f mkfile -f "$run/defaults.mk" "$@"
}

# The container image of a mkfile that names none.
default_image=localhost/ci-base

# Writes what the test stage needs to know of the container image $1 to the file $2: id, working directory, user,
# directories of the layers from the top down, then the variables, a JSON string each. An image of one layer has no
# LowerDir, and of one without layers podman names a directory that is not there.
inspect_image() {
    if ! GOGC=off GOMEMLIMIT=256MiB podman image inspect --format '{{.Id}}
{{.Config.WorkingDir}}
{{.Config.User}}
{{if .RootFS.Layers}}{{index .GraphDriver.Data "UpperDir"}} {{index .GraphDriver.Data "LowerDir"}}{{end}}
{{range .Config.Env}}{{json .}}
{{end}}' "$1" >"$2" 2>"$run/image.errors"; then
        cat "$run/image.errors" >&2
        fail no-image "there is no container image '$1', which CONTAINERIMAGE names: base-image should make it"
    fi
}
