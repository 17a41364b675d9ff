# The container of the tests: what `prepare` wrote of its image, and how crun is called. podman makes container images; to
# run one container, it would do once more what is done here, and take seconds for it.
# shellcheck shell=sh disable=SC2154 # lib.sh sets lib, run and repository

# The OCI bundle: `root`, the image's layers below and what the container writes above, and the files of its own. It stays
# as the tests left it until the machine ends.
bundle=$run/container
root=$bundle/root
# Where nothing can write to it: elsewhere it starts once more from a copy of itself that the container cannot reach.
crun=$run/guest/usr/bin/crun

# Makes the bundle, once; fails when `prepare` wrote nothing.
make_bundle() {
    if [ ! -s "$run/image" ]; then fail container "there is no container image: run the stage prepare first"; fi
    if [ -d "$root" ]; then return; fi
    mount_layers
    echo peer >"$bundle/hostname"
    : >"$bundle/.containerenv"
    cp /etc/hosts /etc/resolv.conf "$bundle/"
}

# By numbers, which are links to the layers: a mount takes one page of options, and the kernel up to 500 layers.
mount_layers() {
    written=$run/scratch/fresh/container
    mkdir -p "$root" "$bundle/layers" "$written/upper" "$written/work"
    for _ in 1 2 3 4; do read -r layers; done <"$run/image"
    cd "$bundle/layers" || exit
    IFS=' :'
    lower=
    number=0
    for layer in $layers; do
        ln -s "$layer" "$number"
        lower=$lower:$number
        number=$((number + 1))
    done
    unset IFS
    if [ -z "$lower" ]; then
        mkdir 0
        lower=:0
    fi
    mount -t overlay overlay "$root" -o "lowerdir=${lower#:},upperdir=$written/upper,workdir=$written/work" ||
        fail container "the $number layers of the container image cannot be mounted"
    cd "$repository" || exit
}

# in_image PATH: sets $file to where the image's file of this path is, whatever links lead there: to the image they begin
# at its root.
in_image() {
    path=$1
    links=0
    while [ -L "$root$path" ] && [ "$links" -lt 40 ]; do
        link=$(readlink "$root$path")
        case $link in
        /*) path=$link ;;
        *) path=${path%/*}/$link ;;
        esac
        links=$((links + 1))
    done
    file=$root$path
}

# After a failure: tells the user where the image's PATH leads to no sh, or to none that the image has the loader of.
note_missing_shell() (
    directories=$(sed -n '5,$s/^"PATH=\(.*\)"$/\1/p' "$run/image")
    missing="has no sh in its PATH"
    IFS=:
    for directory in ${directories:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}; do
        in_image "$directory/sh"
        sh=$file
        if [ ! -f "$sh" ]; then continue; fi
        # An ELF file names it near its beginning.
        loader=$(head -c 4096 "$sh" | tr -c ' -~' '\n' | sed -n '\,^/[^ ]*/ld[^/ ]*[.]so[^/ ]*$,{p;q}')
        if [ -z "$loader" ]; then exit 0; fi
        in_image "$loader"
        if [ -e "$file" ]; then exit 0; fi
        missing="has no $loader, which its $directory/sh needs"
    done
    info note "the container image $missing: Plan 9's rc ran the recipes, whose language differs from sh's"
)

# Writes the filter of system calls for the capabilities that the run asks for.
write_seccomp() (
    tr ' ' '\n' <"$run/options/capabilities" | sed 's/^/CAP_/' >"$run/capabilities.more"
    cat "$lib/container/capabilities" "$run/capabilities.more" >"$run/capabilities"
    read -r ARCHITECTURE DEBIAN_ARCHITECTURE <"$lib/container/architecture"
    export ARCHITECTURE DEBIAN_ARCHITECTURE
    "$lib/container/seccomp-profile" /usr/share/containers/seccomp.json "$run/capabilities"
)

# Keeps the filter of system calls as crun compiles it, in base64: between `create` and `start` it is a file of crun's.
keep_filter() {
    "$crun" create --bundle="$bundle" peer
    base64 -w 0 /run/crun/peer/seccomp.bpf >"$filter.new"
    mv "$filter.new" "$filter"
    "$crun" delete --force peer
}

# run_container NETWORK SIZE COMMAND...: runs the command in the container, the repository mounted at its working
# directory. NETWORK is none or open, SIZE the rows and columns of the terminal at stdin, or empty where there is none.
# Returns the command's exit code.
run_container() {
    network=$1
    size=$2
    shift 2
    case $network in
    none | open) ;;
    *) fail container "not a network: $network" ;;
    esac
    tmp=yes
    if [ ! -e "$root/tmp" ] && [ ! -L "$root/tmp" ]; then tmp=no; fi
    in_image /etc/passwd
    passwd=$file
    in_image /etc/group
    group=$file
    namespace=
    if [ "$network" = none ] && [ -e "$run/options/containers" ]; then
        directory=$(sed -n '2s,^/$,,p' "$run/image")
        start_service "${directory:-$repository}"
    fi
    # In a user namespace of its own a process has every capability again, over what is in that namespace.
    if [ -e "$run/options/userns" ]; then echo 0 >/proc/sys/user/max_user_namespaces; fi
    seccomp=$lib/container/seccomp.json
    filter=$run/filter
    if [ -e "$run/options/capabilities" ]; then
        filter=
        seccomp=$run/seccomp.json
        write_seccomp >"$seccomp"
    fi
    if ! (umask 077 && awk -f "$lib/container/configure.awk" -v directory="$lib/container" -v bundle="$bundle" \
        -v image="$run/image" -v passwd="$passwd" -v group="$group" -v tmp="$tmp" -v names="$run/env" \
        -v repository="$repository" -v network="$network" -v size="$size" -v options="$run/options" -v namespace="$namespace" \
        -v seccomp="$seccomp" -v filter="$filter" -- "$@") >"$bundle/config.json" 2>"$bundle/owner"; then
        user=$(sed -n 3p "$run/image")
        fail container "the container image has not the user or group that it names: '$user'"
    fi
    read -r owner <"$bundle/owner"
    case $owner in
    0:*) ;;
    *) chown -R "$owner" "$repository" /run/ci/cache ;;
    esac
    if [ -e "$bundle/pid" ]; then rm "$bundle/pid"; fi
    if [ -n "$filter" ] && [ ! -e "$filter" ] && [ -z "$size" ]; then keep_filter; fi
    code=0
    "$crun" run --bundle="$bundle" --pid-file="$bundle/pid" peer || code=$?
    # It may hold secrets.
    : >"$bundle/config.json"
    if [ -n "$namespace" ]; then end_service; fi
    if [ ! -e "$bundle/pid" ]; then
        id=$(head -n 1 "$run/image")
        fail container "crun could not run the container image $id; its own words are on stderr"
    fi
    if [ "$code" != 0 ]; then note_missing_shell; fi
    return "$code"
}
