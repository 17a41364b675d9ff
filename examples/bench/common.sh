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

# figure WHAT VALUE UNIT [most|least GOAL]: prints a figure, beside its goal where it has one, and keeps it for the plot.
figure() {
    printf '%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "${4-}" "${5-}" >>"$work/figures"
    awk -v what="$1" -v value="$2" -v unit="$3" -v side="${4-}" -v goal="${5-}" 'BEGIN {
        met = side == "most" ? value <= goal : value >= goal
        beside = side == "" ? "" : "goal: at " side " " goal (met ? ", met" : ", MISSED")
        printf "  %-52s %12s %-6s %s\n", what, value, unit, beside
    }'
}

# plot TITLE: draws the figures that have a goal as $work/figures.svg, each as a part of its goal.
plot() {
    awk -F '\t' -v title="$1" '
    function text(x, y, anchor, what) {
        gsub(/&/, "\\&amp;", what)
        gsub(/</, "\\&lt;", what)
        return sprintf("<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>\n", x, y, anchor, what)
    }
    $4 != "" {
        y = 50 + 24 * rows++
        part = $2 / $5
        met = $4 == "most" ? part <= 1 : part >= 1
        width = (part > 3 ? 3 : part) * 120
        bars = bars text(400, y + 13, "end", $1) \
            sprintf("<rect x=\"410\" y=\"%d\" width=\"%.1f\" height=\"16\" fill=\"%s\"/>\n", y, width, met ? "#2a7d4f" : "#b5542a") \
            text(780, y + 13, "start", $2 " " $3 " (at " $4 " " $5 ")")
    }
    END {
        height = 70 + 24 * rows
        printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1020\" height=\"%d\" font-family=\"sans-serif\" font-size=\"13\">\n", height
        printf "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n%s%s", text(20, 26, "start", title), bars
        printf "<path d=\"M530 40V%d\" stroke=\"black\" stroke-dasharray=\"3 3\"/>\n%s</svg>\n", height - 20, text(530, height - 6, "middle", "goal")
    }' "$work/figures" >"$work/figures.svg"
    say "the plot is $work/figures.svg"
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

# Processes that end with the benchmark.
started=
end_started() {
    # A stopped process takes no other signal.
    for process in $started; do kill -KILL "$process" 2>/dev/null || true; done
}

# as NAME COMMAND...: becomes the command, with that peer's certificate and home. Called in a subshell.
as() {
    name=$1
    shift
    exec env PEER_HOME="$work/$name" PEER_CERT="$work/pki/$name.pem" PEER_KEY="$work/pki/$name-key.pem" "$@"
}

# start_rendezvous NAME...: with certificates for it and for the peers of these names.
start_rendezvous() {
    for name in "$@"; do peer-pki issue "$name" --dir "$work/pki" >>"$work/pki.log" 2>&1; done
    peer-pki issue rendezvous --dir "$work/pki" --server >>"$work/pki.log" 2>&1
    rendezvous_at 127.0.0.1
}

# rendezvous_at ADDRESS [COMMAND...]: starts it there, by the command if there is one; peers ask it from now on.
rendezvous_at() {
    address=$1
    shift
    : >"$work/rendezvous.err"
    (as rendezvous "$@" peer rendezvous --listen "$address:0") 2>"$work/rendezvous.err" &
    started="$started $!"
    line=$(wait_for 'rendezvous at' "$work/rendezvous.err" "$!")
    PEER_RENDEZVOUS=${line##* }
    export PEER_RENDEZVOUS
}

# hold NAME REPOSITORY [SETTING=VALUE...] [COMMAND...]: starts to serve its result, by the command if there is one; $process is its
# process.
hold() {
    holder=$1
    repository=$2
    shift 2
    : >"$work/$holder.err"
    (cd "$work/$repository" && as "$holder" env PEER_REPO="bench/$repository" "$@" peer run --timings) >/dev/null 2>"$work/$holder.err" &
    process=$!
    started="$started $process"
    wait_for 'serving the result' "$work/$holder.err" "$process" >/dev/null
}

# start_turbo_cache: a remote cache; turbo takes it from now on.
start_turbo_cache() {
    mkdir "$work/turbo-cache"
    node "$root/examples/bench/turbo-cache.js" "$work/turbo-cache" >"$work/turbo-cache.out" &
    started="$started $!"
    TURBO_API=http://127.0.0.1:$(wait_for '[0-9]' "$work/turbo-cache.out" "$!")
    TURBO_TOKEN=none
    TURBO_TEAM=bench
    TURBO_TELEMETRY_DISABLED=1
    export TURBO_API TURBO_TOKEN TURBO_TEAM TURBO_TELEMETRY_DISABLED
}

# make_turbo COMMAND: a package whose task 'test' is the command, with what it leaves in out/; false where npm cannot install turbo.
make_turbo() {
    command -v npm >/dev/null || return 1
    mkdir -p "$work/turbo/packages/a"
    cat >"$work/turbo/package.json" <<END
{"name": "bench", "private": true, "packageManager": "npm@$(npm --version)", "workspaces": ["packages/*"]}
END
    printf '{"name": "a", "version": "1.0.0", "scripts": {"test": "%s"}}\n' "$1" >"$work/turbo/packages/a/package.json"
    printf '{"tasks": {"test": {"outputs": ["out/**"]}}}\n' >"$work/turbo/turbo.json"
    printf 'node_modules\nout\n.turbo\n' >"$work/turbo/.gitignore"
    (cd "$work/turbo" && npm install --silent --save-dev turbo && npm install --silent) >"$work/npm.log" 2>&1 || return 1
    commit turbo
}

# turbo_hit CACHE: runs the task with a cache, 'local:rw' or 'remote:rw'; nothing of it is in the work tree before.
turbo_hit() {
    rm -rf "$work/turbo/packages/a/out"
    (cd "$work/turbo" && node_modules/.bin/turbo run test --cache="$1") >"$work/turbo.out" 2>&1
}

# A class that says hello, with the options of the command and an archive of its own.
make_hello() {
    mkdir "$work/jvm"
    printf 'class Hello { public static void main(String[] a) { System.out.println("hello"); } }\n' >"$work/jvm/Hello.java"
    (cd "$work/jvm" && javac Hello.java && jar cf hello.jar Hello.class)
    jvm -XX:AOTCacheOutput="$work/jvm/hello.aot" >/dev/null 2>&1
}

jvm() {
    "$dist/lib/runtime/bin/java" -Xlog:disable -XX:+UseSerialGC -XX:TieredStopAtLevel=4 "$@" -cp "$work/jvm/hello.jar" Hello
}
