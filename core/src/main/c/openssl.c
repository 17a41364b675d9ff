// What dev.peer.core.openssl.LibCrypto calls: the system's OpenSSL 3, found when the process asks for it. Nothing outlives a call.
// Neither this file nor the library that is made of it contains any of OpenSSL: its functions are found by name, and what of its
// types they need is declared here.
#include <dlfcn.h>
#include <jni.h>
#include <stdint.h>
#include <string.h>

typedef struct evp_pkey_st EVP_PKEY;
typedef struct evp_pkey_ctx_st EVP_PKEY_CTX;
typedef struct evp_cipher_st EVP_CIPHER;
typedef struct evp_cipher_ctx_st EVP_CIPHER_CTX;

typedef struct {
    const char *key;
    unsigned int data_type;
    void *data;
    size_t data_size;
    size_t return_size;
} OSSL_PARAM;

// Each with its result, its name, and what it takes.
#define FUNCTIONS(F)                                                                                              \
    F(int, OPENSSL_init_crypto, (uint64_t, const void *))                                                         \
    F(EVP_PKEY_CTX *, EVP_PKEY_CTX_new, (EVP_PKEY *, void *))                                                     \
    F(EVP_PKEY_CTX *, EVP_PKEY_CTX_new_from_name, (void *, const char *, const char *))                           \
    F(void, EVP_PKEY_CTX_free, (EVP_PKEY_CTX *))                                                                  \
    F(void, EVP_PKEY_free, (EVP_PKEY *))                                                                          \
    F(void, ERR_clear_error, (void))                                                                              \
    F(void, OPENSSL_cleanse, (void *, size_t))                                                                    \
    F(int, EVP_PKEY_keygen_init, (EVP_PKEY_CTX *))                                                                \
    F(int, EVP_PKEY_CTX_set_group_name, (EVP_PKEY_CTX *, const char *))                                           \
    F(int, EVP_PKEY_generate, (EVP_PKEY_CTX *, EVP_PKEY **))                                                      \
    F(int, EVP_PKEY_get_octet_string_param, (const EVP_PKEY *, const char *, unsigned char *, size_t, size_t *))  \
    F(int, EVP_PKEY_get_params, (const EVP_PKEY *, OSSL_PARAM *))                                                 \
    F(EVP_PKEY *, EVP_PKEY_new_raw_private_key, (int, void *, const unsigned char *, size_t))                     \
    F(EVP_PKEY *, EVP_PKEY_new_raw_public_key, (int, void *, const unsigned char *, size_t))                      \
    F(int, EVP_PKEY_get_raw_public_key, (const EVP_PKEY *, unsigned char *, size_t *))                            \
    F(int, EVP_PKEY_fromdata_init, (EVP_PKEY_CTX *))                                                              \
    F(int, EVP_PKEY_fromdata, (EVP_PKEY_CTX *, EVP_PKEY **, int, OSSL_PARAM *))                                   \
    F(int, EVP_PKEY_sign_init, (EVP_PKEY_CTX *))                                                                  \
    F(int, EVP_PKEY_sign, (EVP_PKEY_CTX *, unsigned char *, size_t *, const unsigned char *, size_t))             \
    F(int, EVP_PKEY_verify_init, (EVP_PKEY_CTX *))                                                                \
    F(int, EVP_PKEY_verify, (EVP_PKEY_CTX *, const unsigned char *, size_t, const unsigned char *, size_t))       \
    F(int, EVP_PKEY_derive_init, (EVP_PKEY_CTX *))                                                                \
    F(int, EVP_PKEY_derive_set_peer, (EVP_PKEY_CTX *, EVP_PKEY *))                                                \
    F(int, EVP_PKEY_derive, (EVP_PKEY_CTX *, unsigned char *, size_t *))                                          \
    F(int, SHA256_Init, (void *))                                                                                 \
    F(int, SHA256_Update, (void *, const void *, size_t))                                                         \
    F(int, SHA256_Final, (unsigned char *, void *))                                                               \
    F(const EVP_CIPHER *, EVP_aes_128_gcm, (void))                                                                \
    F(const EVP_CIPHER *, EVP_aes_256_gcm, (void))                                                                \
    F(EVP_CIPHER_CTX *, EVP_CIPHER_CTX_new, (void))                                                               \
    F(void, EVP_CIPHER_CTX_free, (EVP_CIPHER_CTX *))                                                              \
    F(int, EVP_CIPHER_CTX_ctrl, (EVP_CIPHER_CTX *, int, int, void *))                                             \
    F(int, EVP_CipherInit_ex,                                                                                     \
        (EVP_CIPHER_CTX *, const EVP_CIPHER *, void *, const unsigned char *, const unsigned char *, int))        \
    F(int, EVP_CipherUpdate, (EVP_CIPHER_CTX *, unsigned char *, int *, const unsigned char *, int))              \
    F(int, EVP_CipherFinal_ex, (EVP_CIPHER_CTX *, unsigned char *, int *))

#define DECLARE(result, name, takes) static result(*name) takes;
FUNCTIONS(DECLARE)

enum {
    // Of a number of P-256, of a secret, of a key of X25519, and of a digest.
    SIZE = 32,
    POINT_SIZE = 1 + 2 * SIZE,
    // The longest that a signature of P-256 is in DER.
    SIGNATURE_SIZE = 72,
    TAG_SIZE = 16,
    IV_SIZE = 12,
    EVP_PKEY_X25519 = 1034,
    OSSL_PARAM_UNSIGNED_INTEGER = 2,
    OSSL_PARAM_UTF8_STRING = 4,
    OSSL_PARAM_OCTET_STRING = 5,
    EVP_PKEY_PUBLIC_KEY = 0x86,
    EVP_PKEY_KEYPAIR = 0x87,
    EVP_CTRL_AEAD_GET_TAG = 0x10,
    EVP_CTRL_AEAD_SET_TAG = 0x11,
    OPENSSL_INIT_NO_LOAD_CONFIG = 0x80,
    OPENSSL_INIT_NO_ATEXIT = 0x80000
};

static char P256[] = "prime256v1";

JNIEXPORT jboolean JNICALL Java_dev_peer_core_openssl_LibCrypto_find(JNIEnv *env, jclass type) {
    (void) env;
    (void) type;
    void *library = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return JNI_FALSE;
#define FIND(result, name, takes)                      \
    *(void **) &name = dlsym(library, #name);          \
    if (!name)                                         \
        return JNI_FALSE;
    FUNCTIONS(FIND)
    // Its configuration can name libraries, which would then run in this process.
    return OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, 0) == 1;
}

// Reads exactly as many bytes as an array should have.
static int read(JNIEnv *env, jbyteArray array, unsigned char *bytes, jsize size) {
    if (!array || (*env)->GetArrayLength(env, array) != size)
        return 0;
    (*env)->GetByteArrayRegion(env, array, 0, size, (jbyte *) bytes);
    return 1;
}

// A new array; none if there is no memory, and then an error waits in Java.
static jbyteArray array_of(JNIEnv *env, const unsigned char *bytes, size_t size) {
    jbyteArray array = (*env)->NewByteArray(env, (jsize) size);
    if (array)
        (*env)->SetByteArrayRegion(env, array, 0, (jsize) size, (const jbyte *) bytes);
    return array;
}

// OpenSSL takes numbers in the processor's order of bytes, Java has the most significant first.
static void in_own_order(unsigned char *number) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    for (int i = 0; i < SIZE / 2; i++) {
        unsigned char byte = number[i];
        number[i] = number[SIZE - 1 - i];
        number[SIZE - 1 - i] = byte;
    }
#else
    (void) number;
#endif
}

static EVP_PKEY *key_of(int selection, OSSL_PARAM value) {
    OSSL_PARAM parameters[] = {
        {"group", OSSL_PARAM_UTF8_STRING, P256, sizeof P256 - 1, 0}, value, {0, 0, 0, 0, 0}};
    EVP_PKEY *key = 0;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(0, "EC", 0);
    if (context && (EVP_PKEY_fromdata_init(context) != 1 || EVP_PKEY_fromdata(context, &key, selection, parameters) != 1))
        key = 0;
    EVP_PKEY_CTX_free(context);
    return key;
}

static EVP_PKEY *private_key(JNIEnv *env, jbyteArray array) {
    unsigned char number[SIZE];
    EVP_PKEY *key = 0;
    if (read(env, array, number, SIZE)) {
        in_own_order(number);
        key = key_of(EVP_PKEY_KEYPAIR, (OSSL_PARAM) {"priv", OSSL_PARAM_UNSIGNED_INTEGER, number, SIZE, 0});
    }
    OPENSSL_cleanse(number, SIZE);
    return key;
}

static EVP_PKEY *public_key(JNIEnv *env, jbyteArray array) {
    unsigned char point[POINT_SIZE];
    return read(env, array, point, POINT_SIZE)
        ? key_of(EVP_PKEY_PUBLIC_KEY, (OSSL_PARAM) {"pub", OSSL_PARAM_OCTET_STRING, point, POINT_SIZE, 0})
        : 0;
}

static EVP_PKEY *private_x25519(JNIEnv *env, jbyteArray array) {
    unsigned char bytes[SIZE];
    EVP_PKEY *key = read(env, array, bytes, SIZE) ? EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, 0, bytes, SIZE) : 0;
    OPENSSL_cleanse(bytes, SIZE);
    return key;
}

static EVP_PKEY_CTX *context_of(EVP_PKEY *key) {
    return key ? EVP_PKEY_CTX_new(key, 0) : 0;
}

// Frees what an operation made; there may be none of it.
static void end(EVP_PKEY_CTX *context, EVP_PKEY *key) {
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(key);
    ERR_clear_error();
}

// The secret of two, whose keys it frees; none if OpenSSL refuses one of them.
static jbyteArray agreed(JNIEnv *env, EVP_PKEY *own, EVP_PKEY *other) {
    unsigned char secret[SIZE];
    size_t size = SIZE;
    EVP_PKEY_CTX *context = other ? context_of(own) : 0;
    jbyteArray result = 0;
    if (context && EVP_PKEY_derive_init(context) == 1 && EVP_PKEY_derive_set_peer(context, other) == 1
        && EVP_PKEY_derive(context, secret, &size) == 1)
        result = array_of(env, secret, size);
    OPENSSL_cleanse(secret, SIZE);
    EVP_PKEY_free(other);
    end(context, own);
    return result;
}

JNIEXPORT jbyteArray JNICALL Java_dev_peer_core_openssl_LibCrypto_signature(
    JNIEnv *env, jclass type, jbyteArray number, jbyteArray digest) {
    (void) type;
    unsigned char bytes[SIZE];
    unsigned char signature[SIGNATURE_SIZE];
    size_t size = SIGNATURE_SIZE;
    EVP_PKEY *key = private_key(env, number);
    EVP_PKEY_CTX *context = context_of(key);
    jbyteArray result = 0;
    if (context && read(env, digest, bytes, SIZE) && EVP_PKEY_sign_init(context) == 1
        && EVP_PKEY_sign(context, signature, &size, bytes, SIZE) == 1)
        result = array_of(env, signature, size);
    end(context, key);
    return result;
}

// 1: it is the key's; 0: it is not; -1: this is no key.
JNIEXPORT jint JNICALL Java_dev_peer_core_openssl_LibCrypto_judgement(
    JNIEnv *env, jclass type, jbyteArray point, jbyteArray digest, jbyteArray signature) {
    (void) type;
    unsigned char bytes[SIZE];
    unsigned char claimed[SIGNATURE_SIZE];
    jsize size = signature ? (*env)->GetArrayLength(env, signature) : 0;
    EVP_PKEY *key = public_key(env, point);
    EVP_PKEY_CTX *context = context_of(key);
    jint result = -1;
    if (context && read(env, digest, bytes, SIZE) && EVP_PKEY_verify_init(context) == 1) {
        result = size > 0 && size <= SIGNATURE_SIZE && read(env, signature, claimed, size)
            && EVP_PKEY_verify(context, claimed, (size_t) size, bytes, SIZE) == 1;
    }
    end(context, key);
    return result;
}

JNIEXPORT jbyteArray JNICALL Java_dev_peer_core_openssl_LibCrypto_agreed(
    JNIEnv *env, jclass type, jbyteArray number, jbyteArray point) {
    (void) type;
    return agreed(env, private_key(env, number), public_key(env, point));
}

// A new key: its number, then its point.
JNIEXPORT jbyteArray JNICALL Java_dev_peer_core_openssl_LibCrypto_generated(JNIEnv *env, jclass type) {
    (void) type;
    unsigned char both[SIZE + POINT_SIZE];
    size_t size = 0;
    EVP_PKEY *key = 0;
    OSSL_PARAM number[] = {{"priv", OSSL_PARAM_UNSIGNED_INTEGER, both, SIZE, 0}, {0, 0, 0, 0, 0}};
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(0, "EC", 0);
    jbyteArray result = 0;
    if (context && EVP_PKEY_keygen_init(context) == 1 && EVP_PKEY_CTX_set_group_name(context, P256) == 1
        && EVP_PKEY_generate(context, &key) == 1 && EVP_PKEY_get_params(key, number) == 1
        && EVP_PKEY_get_octet_string_param(key, "pub", both + SIZE, POINT_SIZE, &size) == 1 && size == POINT_SIZE) {
        in_own_order(both);
        result = array_of(env, both, sizeof both);
    }
    OPENSSL_cleanse(both, sizeof both);
    end(context, key);
    return result;
}

JNIEXPORT jbyteArray JNICALL Java_dev_peer_core_openssl_LibCrypto_agreedX25519(
    JNIEnv *env, jclass type, jbyteArray own, jbyteArray other) {
    (void) type;
    unsigned char bytes[SIZE];
    EVP_PKEY *key = read(env, other, bytes, SIZE) ? EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, 0, bytes, SIZE) : 0;
    return agreed(env, private_x25519(env, own), key);
}

JNIEXPORT jbyteArray JNICALL Java_dev_peer_core_openssl_LibCrypto_pointX25519(JNIEnv *env, jclass type, jbyteArray own) {
    (void) type;
    unsigned char point[SIZE];
    size_t size = SIZE;
    EVP_PKEY *key = private_x25519(env, own);
    jbyteArray result = key && EVP_PKEY_get_raw_public_key(key, point, &size) == 1 ? array_of(env, point, size) : 0;
    end(0, key);
    return result;
}

// The state of a digest is an array of Java: SHA256_CTX.
JNIEXPORT void JNICALL Java_dev_peer_core_openssl_LibCrypto_beginSha256(JNIEnv *env, jclass type, jbyteArray array) {
    (void) type;
    void *state = (*env)->GetPrimitiveArrayCritical(env, array, 0);
    if (state) {
        SHA256_Init(state);
        (*env)->ReleasePrimitiveArrayCritical(env, array, state, 0);
    }
}

JNIEXPORT void JNICALL Java_dev_peer_core_openssl_LibCrypto_updateSha256(
    JNIEnv *env, jclass type, jbyteArray array, jbyteArray bytes, jint offset, jint length) {
    (void) type;
    void *state = (*env)->GetPrimitiveArrayCritical(env, array, 0);
    unsigned char *from = state ? (*env)->GetPrimitiveArrayCritical(env, bytes, 0) : 0;
    if (from) {
        SHA256_Update(state, from + offset, (size_t) length);
        (*env)->ReleasePrimitiveArrayCritical(env, bytes, from, JNI_ABORT);
    }
    if (state)
        (*env)->ReleasePrimitiveArrayCritical(env, array, state, 0);
}

JNIEXPORT void JNICALL Java_dev_peer_core_openssl_LibCrypto_endSha256(
    JNIEnv *env, jclass type, jbyteArray array, jbyteArray into, jint offset) {
    (void) type;
    unsigned char digest[SIZE];
    void *state = (*env)->GetPrimitiveArrayCritical(env, array, 0);
    if (state) {
        SHA256_Final(digest, state);
        (*env)->ReleasePrimitiveArrayCritical(env, array, state, 0);
        (*env)->SetByteArrayRegion(env, into, offset, SIZE, (const jbyte *) digest);
    }
}

// Whether all is done: what is longer than the tag is out, or, of what was sealed, authentic and out.
static int crypt(EVP_CIPHER_CTX *context, int seals, const unsigned char *key, jsize key_size, const unsigned char *iv,
    const unsigned char *aad, int aad_size, const unsigned char *in, int size, unsigned char *out) {
    unsigned char tag[TAG_SIZE];
    int written = 0;
    int rest = 0;
    if (!context
        || EVP_CipherInit_ex(context, key_size == SIZE ? EVP_aes_256_gcm() : EVP_aes_128_gcm(), 0, key, iv, seals) != 1
        || (aad_size > 0 && EVP_CipherUpdate(context, 0, &rest, aad, aad_size) != 1))
        return 0;
    if (!seals) {
        size -= TAG_SIZE;
        memcpy(tag, in + size, TAG_SIZE);
        if (EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, TAG_SIZE, tag) != 1)
            return 0;
    }
    // OpenSSL takes both from one place, or from two.
    if (in < out + size && out < in + size) {
        memmove(out, in, (size_t) size);
        in = out;
    }
    if ((size > 0 && EVP_CipherUpdate(context, out, &written, in, size) != 1) || written != size
        || EVP_CipherFinal_ex(context, out + size, &rest) != 1) {
        // What was not authentic stays here.
        OPENSSL_cleanse(out, (size_t) size);
        return 0;
    }
    return !seals || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TAG_SIZE, out + size) == 1;
}

JNIEXPORT jboolean JNICALL Java_dev_peer_core_openssl_LibCrypto_cryptGcm(JNIEnv *env, jclass type, jboolean seals,
    jbyteArray key, jbyteArray iv, jbyteArray aad, jbyteArray in, jint in_offset, jint size, jbyteArray out, jint out_offset) {
    (void) type;
    unsigned char secret[SIZE];
    unsigned char nonce[IV_SIZE];
    jsize key_size = (*env)->GetArrayLength(env, key);
    if ((key_size != SIZE && key_size != SIZE / 2) || !read(env, key, secret, key_size) || !read(env, iv, nonce, IV_SIZE))
        return JNI_FALSE;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    jsize aad_size = (*env)->GetArrayLength(env, aad);
    unsigned char *said = (*env)->GetPrimitiveArrayCritical(env, aad, 0);
    unsigned char *from = said ? (*env)->GetPrimitiveArrayCritical(env, in, 0) : 0;
    unsigned char *to = from ? (*env)->GetPrimitiveArrayCritical(env, out, 0) : 0;
    int done = to && crypt(context, seals, secret, key_size, nonce, said, aad_size, from + in_offset, size, to + out_offset);
    if (to)
        (*env)->ReleasePrimitiveArrayCritical(env, out, to, 0);
    if (from)
        (*env)->ReleasePrimitiveArrayCritical(env, in, from, JNI_ABORT);
    if (said)
        (*env)->ReleasePrimitiveArrayCritical(env, aad, said, JNI_ABORT);
    OPENSSL_cleanse(secret, SIZE);
    EVP_CIPHER_CTX_free(context);
    ERR_clear_error();
    return done ? JNI_TRUE : JNI_FALSE;
}
