#!/bin/sh
# Trains the Java runtime with commands that read, first of all a replay, and makes lib/peer.aot, with which every command
# starts faster. The archive has the classes of the files that are here: remove it before a file is replaced, then train again.
set -eu
umask 022
dist=$(CDPATH='' cd -P "$(dirname "$0")/.." && pwd -P)
# shellcheck source=peer/cli/src/dist/launch.sh
. "$dist/lib/launch.sh"
made=$dist/lib/peer.aot.new
work=$(mktemp -d)
peers=

clean() {
    [ -z "$peers" ] || kill "$peers" 2>/dev/null || true
    wait
    rm -rf "$work" "$made"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# No setting of the caller's counts.
for name in $(env | sed -n 's/^\(\(PEER\|GIT\)_[A-Z_]*\)=.*/\1/p'); do
    unset "$name"
done
unset XDG_CONFIG_HOME
export HOME="$work" PEER_HOME="$work/home" GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1

(umask 077 && launch dev.peer.cli.training.TrainingPeers -XX:TieredStopAtLevel=1 "$work") >"$work/peers.log" 2>&1 &
peers=$!
until [ -e "$work/.config/peer/env" ]; do
    kill -s 0 "$peers" 2>/dev/null || { cat "$work/peers.log" >&2 && exit 4; }
    sleep 0.1
done
(cd "$work/repo" && archive=-XX:AOTCacheOutput=$made && launch dev.peer.cli.Rehearsal "@$dist/lib/train.options" \
    replay explain ls show log artifacts 'replay large --artifacts large' 'replay --artifacts out --json' 'run --exit' 'replay --artifacts out') >"$work/commands.log" 2>&1 || { cat "$work/commands.log" >&2 && exit 4; }
mv "$made" "$dist/lib/peer.aot"
