# shellcheck shell=sh disable=SC2154 # root is the caller's
# Sourced by the benchmarks: a peer of its own below examples/target/bench, and what they count with.
# $root is the repository's root.
# shellcheck source=examples/setup.sh
. "$root/examples/setup.sh"
work=$root/examples/target/bench

# A peer with a home that starts empty.
make_peer() {
    install_tools
    build_dist
    build_image
    PATH=$dist/bin:$PATH
    rm -rf "$work"
    mkdir -p "$work/home" "$work/runtime"
    ln -s "$images" "$work/home/images"
    peer-pki init --dir "$work/pki" 2>"$work/pki.log"
    peer-pki issue bench --dir "$work/pki" 2>>"$work/pki.log"
    PEER_HOME=$work/home
    PEER_CERT=$work/pki/bench.pem
    PEER_KEY=$work/pki/bench-key.pem
    PEER_CA=$work/pki/ca.pem
    XDG_RUNTIME_DIR=$work/runtime
    export PATH PEER_HOME PEER_CERT PEER_KEY PEER_CA XDG_RUNTIME_DIR
    PEER_IMAGE=$(peer image ls --pin | sed 's/^PEER_IMAGE=//')
    export PEER_IMAGE
    unset PEER_RENDEZVOUS
}

# commit NAME: commits the files of $work/NAME.
commit() {
    git -C "$work/$1" init -q -b main
    git -C "$work/$1" add -A
    git -C "$work/$1" -c user.name=bench -c user.email=bench@localhost commit -q --allow-empty -m "$1"
}

# run NAME OPTION...: runs the repository's tests; stdout and stderr go to $work/NAME.out and .err.
run() {
    name=$1
    shift
    (cd "$work/$name" && PEER_REPO=bench/$name exec peer run --exit --timings "$@") >"$work/$name.out" 2>"$work/$name.err" || {
        cat "$work/$name.err" >&2
        stop "peer run failed in $name" "see above"
    }
}

# steps NAME STEP...: how long the steps of the last run took together, in seconds.
steps() {
    name=$1
    shift
    for step in "$@"; do
        sed -n "s/^peer: time: $step  *\([0-9.]*\) s\$/\1/p" "$work/$name.err"
    done | awk '{ sum += $1 } END { printf "%.3f\n", sum }'
}

# seconds COMMAND...: how long it takes, as a whole process.
seconds() {
    from=$(date +%s.%N)
    "$@"
    awk -v from="$from" -v to="$(date +%s.%N)" 'BEGIN { printf "%.3f\n", to - from }'
}

median() {
    sort -n "$1" | awk '{ value[NR] = $1 } END {
        if (NR % 2) print value[(NR + 1) / 2]; else printf "%.3f\n", (value[NR / 2] + value[NR / 2 + 1]) / 2
    }'
}

# figure WHAT VALUE UNIT [most|least GOAL]: prints a figure, beside its goal where it has one.
figure() {
    awk -v what="$1" -v value="$2" -v unit="$3" -v side="${4-}" -v goal="${5-}" 'BEGIN {
        met = side == "most" ? value <= goal : value >= goal
        beside = side == "" ? "" : "goal: at " side " " goal (met ? ", met" : ", MISSED")
        printf "  %-52s %12s %-6s %s\n", what, value, unit, beside
    }'
}

# Processes of this benchmark's machines: QEMU works in the run's directory.
machines() {
    for process in /proc/[0-9]*; do
        case $(readlink "$process/cwd" 2>/dev/null) in
        "$work"/home/vm/*) if grep -q qemu-system "$process/cmdline" 2>/dev/null; then echo "${process#/proc/}"; fi ;;
        esac
    done
}

# What is left of runs that have ended.
leftovers() {
    find "$work/home/vm/runs" "$work/home/store/staging" "$work/runtime" -mindepth 1 ! -path "$work/runtime/peer" 2>/dev/null
}

used() {
    du -s -k "$work/home" | cut -f 1
}
