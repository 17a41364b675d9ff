# The container of the tests: what `prepare` wrote of its image, and how podman is called.
# shellcheck shell=sh disable=SC2154 # lib.sh sets run, repository and system_mkfile

# The name under which the container is kept when the host wants to get into it.
kept_container=peer-test

# Reads what `prepare` wrote; fails when it wrote nothing.
read_image() {
    if [ ! -s "$run/image" ]; then fail container "there is no container image: run the stage prepare first"; fi
    {
        read -r image
        read -r workdir
        read -r user
        read -r layers
    } <"$run/image"
    path=$(sed -n '5,$s/^PATH=//p' "$run/image")
    case $workdir in
    '' | /) workdir=$repository ;;
    esac
    own=
    case $user in
    '' | root | 0 | root:* | 0:*) ;;
    *) own=:U ;;
    esac
}

# Whether one of the image's layers has the file $1.
image_has() (
    IFS=' :'
    for layer in $layers; do
        if [ -e "$layer$1" ] || [ -L "$layer$1" ]; then exit 0; fi
    done
    exit 1
)

# run_container NETWORK ARGUMENT...: podman run as for the tests; the network is none or open.
run_container() {
    network=$1
    shift
    case $network in
    none) ;;
    open) network=host ;;
    *) fail container "not a network: $network" ;;
    esac
    while IFS= read -r name; do set -- --env="$name" "$@"; done <"$run/env"
    # mk keeps its NAME=value arguments in a file in /tmp, which an image made from scratch need not have.
    if ! image_has /tmp; then set -- --tmpfs=/tmp "$@"; fi
    GOGC=off GOMEMLIMIT=256MiB podman run --pull=never \
        --network="$network" --hostname=peer --http-proxy=false --pids-limit=-1 --workdir="$workdir" \
        --volume="$repository:$workdir$own" \
        --volume="/run/ci/cache:/var/run/ci/cache$own" \
        --volume=/usr/lib/plan9:/usr/lib/plan9:ro \
        --env=CI=true \
        --env="PATH=${path:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}:/usr/lib/plan9/bin" \
        "$@"
}
