# The container of the tests: what `prepare` wrote of its image, and how crun is called. podman makes container images; to
# run one container, it would do once more what is done here, and take seconds for it.
# shellcheck shell=sh disable=SC2154 # lib.sh sets lib, run and repository

# The OCI bundle: `root`, the image's layers below and what the container writes above, and the files of its own. It stays
# as the tests left it until the machine ends.
bundle=$run/container
root=$bundle/root

# Makes the bundle, once; fails when `prepare` wrote nothing.
make_bundle() {
    if [ ! -s "$run/image" ]; then fail container "there is no container image: run the stage prepare first"; fi
    if [ -d "$root" ]; then return; fi
    mkdir -p "$root" "$run/scratch/fresh/container/upper" "$run/scratch/fresh/container/work"
    mount_layers
    echo peer >"$bundle/hostname"
    : >"$bundle/.containerenv"
    cp /etc/hosts /etc/resolv.conf "$bundle/"
}

# By the short names that podman's store has for the layers: an image of many has no room for others in one mount.
mount_layers() (
    cd /var/lib/containers/storage/overlay 2>/dev/null || cd /
    layers=$(sed -n 4p "$run/image")
    IFS=' :'
    lower=
    for layer in $layers; do
        layer=${layer%/diff}
        read -r short <"$layer/link" || true
        short=${layer%/*}/l/$short
        lower=$lower:${short#"$PWD/"}
    done
    mount -t overlay overlay "$root" -o \
        "lowerdir=${lower#:},upperdir=$run/scratch/fresh/container/upper,workdir=$run/scratch/fresh/container/work" ||
        fail container "the layers of the container image can not be mounted"
)

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
    # In a user namespace of its own a process would have every capability again.
    echo 0 >/proc/sys/user/max_user_namespaces
    if ! (umask 077 && awk -f "$lib/container/configure.awk" -v directory="$lib/container" -v bundle="$bundle" \
        -v image="$run/image" -v names="$run/env" -v repository="$repository" -v network="$network" \
        -v size="$size" -- "$@") >"$bundle/config.json" 2>"$bundle/owner"; then
        user=$(sed -n 3p "$run/image")
        fail container "the container image has not the user or group that it names: '$user'"
    fi
    owner=$(cat "$bundle/owner")
    case $owner in
    0:*) ;;
    *) chown -R "$owner" "$repository" /run/ci/cache ;;
    esac
    rm -f "$bundle/pid"
    code=0
    crun run --bundle="$bundle" --pid-file="$bundle/pid" peer || code=$?
    # It may hold secrets.
    rm -f "$bundle/config.json"
    if [ ! -e "$bundle/pid" ]; then
        id=$(head -n 1 "$run/image")
        fail container "crun could not run the container image $id; its own words are on stderr"
    fi
    return "$code"
}
