# How the preparation gets out of a company's network: by its proxies, and trusting its CA. What the host hands over for
# that lies in memory, below $run/preparation, and is there for this stage alone.
# shellcheck shell=sh disable=SC2154 # lib.sh sets lib and run

system_certificates=/etc/ssl/certs/ca-certificates.crt
# In containers that `podman build` runs: below /dev, which is theirs alone and in no layer.
certificates=/dev/peer-certificates.pem

# Sets the variables for proxies, which podman passes on to what it runs, and trusts the CA.
open_way_out() {
    if [ -f "$run/preparation/proxies" ]; then
        while IFS= read -r variable; do export "${variable?}"; done <"$run/preparation/proxies"
    fi
    if [ -f "$run/preparation/ca" ]; then trust_ca; fi
}

# Each tool of the guest reads the system's certificates. Those in a container have their own, and other places for them,
# which our crun names to them.
trust_ca() {
    handed=$run/preparation
    configuration=/etc/containers/containers.conf
    cat "$system_certificates" "$handed/ca" >"$handed/certificates"
    sed "s,^runtime = .*,runtime = \"$lib/trusting/crun\",
        /^\[containers]/a volumes = [\"$handed/certificates:$certificates:ro\"]" "$configuration" >"$handed/containers"
    trap 'umount -l "$system_certificates" "$configuration"' EXIT
    mount --bind "$handed/certificates" "$system_certificates"
    mount --bind "$handed/containers" "$configuration"
}
