# shellcheck shell=sh
# Sourced by the commands: launch MAIN JVM-OPTION ARGUMENT... starts a class on the runtime beside it. The serial collector
# is the fastest to start; the option may take it back.
launch() {
    # A descriptor that the caller closed would be that of the next file to be opened.
    [ -e /proc/self/fd/0 ] || exec </dev/null
    [ -e /proc/self/fd/1 ] || exec >/dev/null
    [ -e /proc/self/fd/2 ] || exec 2>/dev/null
    # The JVM reads arguments, variables and file names in the locale's encoding.
    if [ -z "${LC_ALL:-}${LC_CTYPE:-}" ]; then
        case ${LANG:-C} in C | POSIX) export LC_CTYPE=C.UTF-8 ;; esac
    fi
    main=$1
    option=$2
    shift 2
    exec "$dist/lib/runtime/bin/java" "@$dist/lib/java.options" -XX:+UseSerialGC "$option" \
        -XX:AOTCache="$dist/lib/peer.aot" -Dpeer.dist="$dist" -DZstdNativePath="$dist/lib/native/libzstd-jni.so" \
        -cp "$dist/lib/app/peer-cli.jar:$dist/lib/app/peer-pki-tools.jar" "$main" "$@"
}
