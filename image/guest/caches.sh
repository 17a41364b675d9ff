# What of the caches may move to other machines.
# shellcheck shell=sh disable=SC2154 # lib.sh sets run

cache_directory=/var/run/ci/cache
# The longest list of shared caches in bytes.
longest_caches=4000

# Writes the caches that shared-caches names, which are listed in the file $1.named, to the file $1, a line each, by their
# names below the directory of caches. They are in patterns of find and in a statement that is signed: a name that is more
# than plain is refused.
shared_caches() {
    : >"$1"
    if [ ! -s "$1.named" ]; then return; fi
    while IFS= read -r cache; do
        name=${cache#"$cache_directory/"}
        case $cache in
        "$cache_directory/$name") ;;
        *) fail mkfile "shared-caches names $cache, which is not below $cache_directory" ;;
        esac
        case /$name/ in
        *[!A-Za-z0-9._+@/-]* | *//* | */./* | */../*)
            fail mkfile "shared-caches names $cache: a shared cache has a name of letters, digits and . _ + @ - alone"
            ;;
        esac
        printf '%s\n' "$name"
    done <"$1.named" >"$1.unsorted"
    LC_ALL=C sort -u "$1.unsorted" >"$1"
    bytes=$(wc -c <"$1")
    if [ "$bytes" -gt "$longest_caches" ]; then fail mkfile "shared-caches has more than $longest_caches bytes"; fi
}

# unshared DIRECTORY NAMES: prints what lies in the directory of caches $1 and is neither one of those that the file $2
# names nor within one, each ended by a zero byte. A link is only itself, wherever it leads.
unshared() {
    directory=$1
    names=$2
    set --
    while IFS= read -r name; do set -- "$@" -path "./$name" -prune -o; done <"$names"
    while IFS= read -r name; do
        while [ "$name" != "${name%/*}" ]; do
            name=${name%/*}
            set -- "$@" -path "./$name" -type d -o
        done
    done <"$names"
    (cd "$directory" && exec /usr/bin/find . -mindepth 1 "$@" -print0 -prune)
}
