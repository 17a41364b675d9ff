# shellcheck shell=sh
# Sourced by the scripts here: installs what is missing, builds peer and its guest image, each only when it has to.
# $root is the repository's root.

dist=$root/peer/cli/target/dist
images=$root/image/target/images
# Without what Error Prone and the search for unused dependencies say: that is for people who change the sources.
unchecked='-Derrorprone.off=-XepDisableAllChecks -Dmdep.analyze.skip=true'

say() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
}

stop() {
    say "error: $1"
    say "hint: $2"
    exit 2
}

# install COMMAND=PACKAGE...: sees that the commands are there.
install() {
    packages=
    for pair in "$@"; do
        command -v "${pair%%=*}" >/dev/null || packages="$packages ${pair#*=}"
    done
    [ -n "$packages" ] || return 0
    line="apt-get install -y --no-install-recommends$packages"
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        stop "not installed:$packages" "run as root: $line"
    fi
    say "installing$packages"
    apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $packages >/dev/null
}

install_tools() {
    install mvn=maven git=git openssl=openssl setpriv=util-linux qemu-system-x86_64=qemu-system-x86 mmdebstrap=mmdebstrap \
        mkfs.erofs=erofs-utils cpio=cpio patchelf=patchelf lz4=lz4 "cc=gcc libc6-dev"
}

# unpack PACKAGE: what a package holds, in examples/target/PACKAGE. Installed, it would start a service.
unpack() {
    unpacked=$root/examples/target/$1
    if [ ! -e "$unpacked" ]; then
        say "unpacking $1"
        rm -rf "$unpacked.part"
        mkdir -p "$unpacked.part"
        # apt fetches as a user of its own where it can, which may not write here.
        (cd "$unpacked.part" && apt-get download -qq -o APT::Sandbox::User=root "$1" && dpkg -x "$1"_*.deb . && rm "$1"_*.deb)
        mv "$unpacked.part" "$unpacked"
    fi
}

# install_node NAME DIRECTORY: what a directory's package-lock.json names, by its versions and digests, in
# examples/target/NAME.
install_node() {
    modules=$root/examples/target/$1
    if newer "$modules/node_modules/.package-lock.json" "$root/$2"; then
        say "installing what $2/package-lock.json names"
        mkdir -p "$modules"
        cp "$root/$2/package.json" "$root/$2/package-lock.json" "$modules"
        npm ci --prefix "$modules" --ignore-scripts --no-audit --no-fund --silent
    fi
}

# newer FILE DIRECTORY...: whether a directory holds a file that is newer than the file, or there is no such file.
newer() {
    file=$1
    shift
    [ ! -e "$file" ] || [ -n "$(find "$@" -name target -prune -o -type f -newer "$file" -print | head -n 1)" ]
}

# require_jdk: sees that Maven finds a JDK 25. Installs one where the distribution has it.
require_jdk() {
    maven_starts && return
    if command -v apt-get >/dev/null; then
        [ "$(id -u)" != 0 ] || apt-get update -qq
        if apt-cache show openjdk-25-jdk-headless >/dev/null 2>&1; then
            install /usr/lib/jvm/java-25-openjdk-amd64/bin/javac=openjdk-25-jdk-headless
            maven_starts && return
        fi
    fi
    stop "Maven finds no JDK 25, and the distribution has none" "as root: mkdir -p /usr/lib/jvm && curl -fL \
https://api.adoptium.net/v3/binary/latest/25/ga/linux/x64/jdk/hotspot/normal/eclipse | tar -xz -C /usr/lib/jvm; or name one in JAVA_HOME"
}

# maven_starts: whether Maven finds a JDK 25. Stops if something else is wrong.
maven_starts() {
    found=$(mvn -B -N -q -f "$root/pom.xml" validate 2>&1) && return
    case $found in *toolchain*) return 1 ;; esac
    stop "the build does not start: $found" "see above"
}

build_dist() {
    if newer "$dist/lib/peer.aot" "$root/pom.xml" "$root/core" "$root/vm" "$root/peer" "$root/pki-tools" "$root/image"; then
        require_jdk
        say "building peer"
        # shellcheck disable=SC2086 # options
        mvn -B -ntp -f "$root/pom.xml" package -DskipTests $unchecked
    else
        say "peer is built"
    fi
}

build_image() {
    if image_is_old; then
        sh "$root/image/build" --output "$images"
        touch "$images/.built"
    fi
}

# build_both: the image while Maven builds peer. For scripts that stop the processes of $started when they end.
build_both() {
    image=
    if image_is_old; then
        sh "$root/image/build" --output "$images" &
        image=$!
        started="$started $image"
    fi
    build_dist
    if [ -n "$image" ]; then
        wait "$image"
        touch "$images/.built"
    fi
}

image_is_old() {
    if newer "$images/.built" "$root/image/build" "$root/image/guest" "$root/image/mk"; then
        say "building the guest image"
    else
        say "the guest image is built" && return 1
    fi
}

# wait_for PATTERN FILE PROCESS: until a line of the file matches; prints it. Fails if the process has ended; until its shell asks, it
# is a zombie.
wait_for() {
    until grep -m 1 -e "$1" "$2"; do
        grep -q '^State:[[:space:]]*[^ZX]' "/proc/$3/status" 2>/dev/null || { cat "$2" >&2 && exit 1; }
        sleep 0.1
    done
}
