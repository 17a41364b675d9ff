#!/bin/sh
# The command `peer` on the Java runtime: bin/peer becomes this. It does all that bin/peer does, and may stand in for it.
set -eu
case $0 in
    /*/lib/peer.sh) dist=${0%/lib/peer.sh} ;;
    *)
        # Not every readlink knows -f.
        self=$0
        while [ -L "$self" ]; do
            link=$(readlink "$self")
            case $link in /*) self=$link ;; *) self=$(dirname "$self")/$link ;; esac
        done
        dist=$(CDPATH='' cd -P "$(dirname "$self")/.." && pwd -P)
        ;;
esac
# shellcheck source=peer/cli/src/dist/launch.sh
. "$dist/lib/launch.sh"
case ${1-} in
    rendezvous | relay) launch dev.peer.cli.Main "@$dist/lib/server.options" "$@" ;;
    # Without OpenSSL, the first compiler alone would make SHA-256 and AES several times as slow.
    daemon) launch dev.peer.cli.Main -XX:TieredStopAtLevel=4 "$@" ;;
    *) launch dev.peer.cli.Main "@$dist/lib/command.options" "$@" ;;
esac
