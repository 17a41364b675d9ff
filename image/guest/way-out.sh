# How the preparation gets further than the host: by a company's proxies, trusting its CA, and by what the host asks of
# registries. What the host hands over for that lies in memory, below $run/preparation, and is there for this stage alone.
# shellcheck shell=sh disable=SC2154 # lib.sh sets lib and run

system_certificates=/etc/ssl/certs/ca-certificates.crt
# In containers that `podman build` runs: below /dev, which is theirs alone and in no layer.
certificates=/dev/peer-certificates.pem
configuration=/etc/containers/containers.conf
mirrors=/etc/containers/registries.conf.d/peer.conf

# Sets the variables for proxies, which podman passes on to what it runs, trusts the CA, and names the host's mirrors to
# podman.
open_way_out() {
    if [ -f "$run/preparation/proxies" ]; then
        while IFS= read -r variable; do export "${variable?}"; done <"$run/preparation/proxies"
    fi
    trap close_way_out EXIT
    if [ -f "$run/preparation/ca" ]; then trust_ca; fi
    if [ -f "$run/preparation/registries" ]; then
        if [ ! -d "${mirrors%/*}" ]; then mkdir -p "${mirrors%/*}"; fi
        ln -s "$run/preparation/registries" "$mirrors"
    fi
}

# A recipe may have spoiled the guest, which is its own loss.
close_way_out() {
    if [ -L "$mirrors" ]; then rm -f "$mirrors" 2>/dev/null || true; fi
    if [ -f "$run/preparation/ca" ]; then umount -l "$system_certificates" "$configuration"; fi
}

# Each tool of the guest reads the system's certificates. Those in a container have their own, and other places for them,
# which our crun names to them.
trust_ca() {
    handed=$run/preparation
    cat "$system_certificates" "$handed/ca" >"$handed/certificates"
    sed "s,^runtime = .*,runtime = \"$lib/trusting/crun\",
        /^\[containers]/a volumes = [\"$handed/certificates:$certificates:ro\"]" "$configuration" >"$handed/containers"
    mount --bind "$handed/certificates" "$system_certificates"
    mount --bind "$handed/containers" "$configuration"
}
