# The tries of a run whose tests may be tried more than once: each begins with the files that the preparation left.
# shellcheck shell=sh disable=SC2154 # lib.sh sets run and repository, container.sh root and bundle

# Begins a try: what it writes is above the preparation's files, and what the try before wrote is gone.
begin_try() {
    fresh=$run/scratch/fresh
    cd /
    if [ -d "$fresh/try" ]; then
        # Lazily: a process of the preparation may be in it.
        umount -l "$repository" "$run/try" /run/ci/cache
        umount "$root"
        rm -rf "$fresh/try" "$fresh/container" "$fresh/service" "$bundle"
        mkdir "$fresh/container"
    fi
    mkdir -p "$fresh/try" "$run/try"
    above "$run/try" root "$fresh/upper:$run/input:$run/guest"
    mount --bind "$run/try/work" "$repository"
    above /run/ci/cache cache "$run/scratch/kept/cache"
    cd "$repository" || exit
}

# above PLACE NAME LAYERS: mounts the layers there, and a blank one above them.
above() {
    mkdir "$fresh/try/$2" "$fresh/try/$2.below"
    mount -t overlay -o \
        "noatime,redirect_dir=on,xino=on,lowerdir=$3,upperdir=$fresh/try/$2,workdir=$fresh/try/$2.below" overlay "$1"
}
