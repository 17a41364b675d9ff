# The container of the tests: what `prepare` wrote of its image, and how podman is called.
# shellcheck shell=sh disable=SC2154,SC2034 # lib.sh sets run and repository; who reads this file in uses what it sets

# The name under which the container is held when the host wants to get into it.
held_container=peer-test

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
    # README.md says what each of these is for. To a user who is not root podman would give what is added at once, so
    # there only the rest is taken from podman's own set.
    own=
    drop=all
    add=CHOWN,DAC_OVERRIDE,FOWNER,FSETID,KILL,NET_BIND_SERVICE,SETGID,SETUID
    case $user in
    '' | root | 0 | root:* | 0:*) ;;
    *)
        own=:U
        drop=SETFCAP,SETPCAP,SYS_CHROOT
        add=
        ;;
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

# run_container NETWORK ARGUMENT...: podman run as for the tests; the network is none or open. $run/env names the
# variables that the container gets, secrets among them: podman takes the values from its environment, so that no command
# line has one.
run_container() {
    network=$1
    shift
    case $network in
    none) ;;
    open) network=host ;;
    *) fail container "not a network: $network" ;;
    esac
    # In a user namespace of its own a process would have every capability again.
    echo 0 >/proc/sys/user/max_user_namespaces
    while IFS= read -r name; do set -- --env="$name" "$@"; done <"$run/env"
    # mk keeps its NAME=value arguments in a file in /tmp, which an image made from scratch need not have.
    if ! image_has /tmp; then set -- --tmpfs=/tmp "$@"; fi
    GOGC=off GOMEMLIMIT=256MiB podman run --pull=never \
        --cap-drop="$drop" ${add:+--cap-add="$add"} \
        --network="$network" --hostname=peer --http-proxy=false --pids-limit=-1 --workdir="$workdir" \
        --volume="$repository:$workdir$own" \
        --volume="/run/ci/cache:/var/run/ci/cache$own" \
        --volume=/usr/lib/plan9:/usr/lib/plan9:ro \
        --env=CI=true \
        --env="PATH=${path:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}:/usr/lib/plan9/bin" \
        "$@"
}
