# shellcheck shell=sh disable=SC2154 # dist is the caller's
# Sourced by the commands: launch MAIN JVM-OPTION ARGUMENT... starts a class on the runtime beside it, or else on the JDK that
# JAVA_HOME or PATH has. The serial collector is the fastest to start; the option may take it back. $archive is the option for the
# AOT archive.
archive=-XX:AOTCache=$dist/lib/peer.aot
launch() {
    # A descriptor that the caller closed would be that of the next file to be opened.
    true 2>/dev/null 3<&0 || exec </dev/null
    true 2>/dev/null 3>&1 || exec >/dev/null
    true 3>&2 || exec 2>/dev/null
    # The JVM reads arguments, variables and file names in the locale's encoding.
    if [ -z "${LC_ALL:-}${LC_CTYPE:-}" ]; then
        case ${LANG:-C} in C | POSIX) export LC_CTYPE=C.UTF-8 ;; esac
    fi
    java=$dist/lib/runtime/bin/java
    [ -e "$java" ] || java=${JAVA_HOME:+$JAVA_HOME/bin/}java
    command -v "$java" >/dev/null || {
        printf 'peer: error: there is no %s\npeer: hint: install a JDK 25, or set JAVA_HOME to one\n' "$java" >&2
        exit 4
    }
    main=$1
    option=$2
    shift 2
    set -- -cp "$dist/lib/app/peer-cli.jar:$dist/lib/app/peer-pki-tools.jar" "$main" "$@"
    # Without a library beside the jars, zstd's jar has those of all platforms.
    library=$dist/lib/native/libzstd-jni.so
    [ ! -e "$library" ] || set -- "-DZstdNativePath=$library" "$@"
    for name in openssl files; do
        library=$dist/lib/native/libpeer-$name.so
        [ ! -e "$library" ] || set -- "-Dpeer.$name=$library" "$@"
    done
    exec "$java" "@$dist/lib/java.options" -XX:+UseSerialGC "$option" "$archive" \
        "-Dpeer.dist=$dist" "$@"
}
