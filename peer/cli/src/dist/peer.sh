#!/bin/sh
# The command `peer` on the Java runtime: bin/peer becomes this. It does all that bin/peer does, and may stand in for it.
set -eu
case $0 in
    /*/lib/peer.sh) dist=${0%/lib/peer.sh} ;;
    *) dist=$(dirname "$(dirname "$(readlink -f "$0")")") ;;
esac
# shellcheck source=peer/cli/src/dist/launch.sh
. "$dist/lib/launch.sh"
case ${1-} in
    rendezvous | relay) launch dev.peer.cli.Main "@$dist/lib/server.options" "$@" ;;
    # The first compiler alone makes SHA-256 and AES several times as slow, and starts a short command no faster.
    *) launch dev.peer.cli.Main -XX:TieredStopAtLevel=4 "$@" ;;
esac
