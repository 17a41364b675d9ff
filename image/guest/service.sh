# The containers that tests start: podman's service, whose socket is in the tests' container. It runs in a user namespace
# of its own, whose ids are nobody's in the guest, and the tests' container shares its network namespace, so that a port
# that a container publishes is open at the tests' localhost.
# shellcheck shell=sh disable=SC2154,SC2034 # lib.sh sets lib, run and service, container.sh root and reads namespace

# start_service DIRECTORY: starts it, the repository at that directory; waits until its socket is there. $namespace is its
# network namespace then.
start_service() {
    load_modules
    open_prepared
    kept=$run/scratch/fresh/service
    mkdir -p "$service/root" "$service/socket" "$kept/containers" "$kept/tmp"
    chown 100000:100000 "$service/socket" "$kept/containers" "$kept/tmp"
    # The limit that the option sets holds for all namespaces; this one comes before the tests.
    if [ -e "$run/options/userns" ]; then echo 1024 >/proc/sys/user/max_user_namespaces; fi
    # The mounts are gone when the service's last process is.
    busybox unshare --mount "$lib/service/start" "$root" "$1" </dev/null >"$service/log" 2>&1 ||
        service_failed
    pid=$(cat "$service/pid")
    while [ ! -S "$service/socket/docker.sock" ]; do
        if [ ! -d "/proc/$pid" ]; then service_failed; fi
        sleep 0.05
    done
    namespace=/proc/$pid/ns/net
}

# Ends it, and with it every container that is left.
end_service() {
    if [ ! -d "/proc/$pid" ]; then cat "$service/log" >&2; fi
    crun delete --force peer-service ||
        fail container "podman's service for the containers of tests did not end; crun's own words are on stderr"
    rm -rf "$service"
}

service_failed() {
    cat "$service/log" >&2
    fail container "podman's service for the containers of tests did not start; its own words are on stderr"
}

load_modules() {
    if [ -e /sys/module/bridge ]; then return; fi
    while read -r module; do
        insmod "$lib/service/modules/$module"
    done <"$lib/service/modules/order"
}

# The images of the preparation, if it made any, for a service that writes nothing there. Overlay file systems that a user
# namespace mounts read the mark of a directory that hides those of the layers below it in another attribute than those
# that root mounts.
open_prepared() {
    store=/var/lib/containers/storage
    mkdir -p "$store/overlay" "$store/overlay-images" "$store/overlay-layers"
    touch "$store/overlay-images/images.lock" "$store/overlay-layers/layers.lock"
    # An image has hundreds of thousands of files: this find looks at none of them.
    /usr/bin/find "$store/overlay" -type d -print0 >"$run/directories"
    "$lib/service/mark-opaque" <"$run/directories"
}
