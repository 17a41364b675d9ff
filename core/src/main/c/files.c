// What dev.peer.core.platform.ExtendedAttributes calls.
#include <jni.h>
#include <limits.h>
#include <sys/xattr.h>

// Whether a file, or a link itself, has none. Where Linux does not say so, it may have some.
JNIEXPORT jboolean JNICALL Java_dev_peer_core_platform_ExtendedAttributes_areNone(JNIEnv *env, jclass type, jbyteArray path) {
    (void) type;
    char bytes[PATH_MAX];
    jsize size = (*env)->GetArrayLength(env, path);
    if (size >= PATH_MAX)
        return JNI_FALSE;
    (*env)->GetByteArrayRegion(env, path, 0, size, (jbyte *) bytes);
    bytes[size] = 0;
    return llistxattr(bytes, 0, 0) == 0;
}
