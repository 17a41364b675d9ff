// What dev.peer.core.openssl.LibCrypto calls: the system's OpenSSL 3, found when the process asks for it. No key outlives a call.
// Neither this file nor the library that is made of it contains any of OpenSSL: its functions are found by name, and what of its
// types they need is declared here.
#include <dlfcn.h>
#include <jni.h>
#include <stdint.h>
#include <string.h>

typedef struct evp_pkey_st EVP_PKEY;
typedef struct evp_pkey_ctx_st EVP_PKEY_CTX;
typedef struct bignum_st BIGNUM;
typedef struct ec_key_st EC_KEY;
typedef struct ec_group_st EC_GROUP;
typedef struct ec_point_st EC_POINT;
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
    F(EVP_PKEY *, EVP_PKEY_new_raw_private_key, (int, void *, const unsigned char *, size_t))                     \
    F(EVP_PKEY *, EVP_PKEY_new_raw_public_key, (int, void *, const unsigned char *, size_t))                      \
    F(int, EVP_PKEY_get_raw_public_key, (const EVP_PKEY *, unsigned char *, size_t *))                            \
    F(int, EVP_PKEY_fromdata_init, (EVP_PKEY_CTX *))                                                              \
    F(int, EVP_PKEY_fromdata, (EVP_PKEY_CTX *, EVP_PKEY **, int, OSSL_PARAM *))                                   \
    F(BIGNUM *, BN_bin2bn, (const unsigned char *, int, BIGNUM *))                                                \
    F(void, BN_clear_free, (BIGNUM *))                                                                            \
    F(EC_GROUP *, EC_GROUP_new_by_curve_name, (int))                                                              \
    F(EC_KEY *, EC_KEY_new, (void))                                                                               \
    F(void, EC_KEY_free, (EC_KEY *))                                                                              \
    F(int, EC_KEY_set_group, (EC_KEY *, const EC_GROUP *))                                                        \
    F(int, EC_KEY_set_private_key, (EC_KEY *, const BIGNUM *))                                                    \
    F(int, EC_KEY_oct2key, (EC_KEY *, const unsigned char *, size_t, void *))                                     \
    F(int, EC_KEY_generate_key, (EC_KEY *))                                                                       \
    F(size_t, EC_KEY_priv2oct, (const EC_KEY *, unsigned char *, size_t))                                         \
    F(const EC_POINT *, EC_KEY_get0_public_key, (const EC_KEY *))                                                 \
    F(size_t, EC_POINT_point2oct, (const EC_GROUP *, const EC_POINT *, int, unsigned char *, size_t, void *))     \
    F(int, ECDH_compute_key, (void *, size_t, const EC_POINT *, const EC_KEY *, void *))                          \
    F(int, ECDSA_sign, (int, const unsigned char *, int, unsigned char *, unsigned int *, EC_KEY *))              \
    F(int, ECDSA_verify, (int, const unsigned char *, int, const unsigned char *, int, EC_KEY *))                 \
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
    NID_X9_62_prime256v1 = 415,
    POINT_CONVERSION_UNCOMPRESSED = 4,
    OSSL_PARAM_OCTET_STRING = 5,
    EVP_PKEY_KEYPAIR = 0x87,
    EVP_CTRL_AEAD_GET_TAG = 0x10,
    EVP_CTRL_AEAD_SET_TAG = 0x11,
    OPENSSL_INIT_NO_LOAD_CONFIG = 0x80,
    OPENSSL_INIT_NO_ATEXIT = 0x80000
};

// The curve, made once: each key that EVP makes has it made again, which takes as long as a signature.
static EC_GROUP *p256;

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
    return OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, 0) == 1
        && (p256 || (p256 = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)));
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

// A key of P-256 without its numbers.
static EC_KEY *new_key(void) {
    EC_KEY *key = EC_KEY_new();
    if (key && EC_KEY_set_group(key, p256) != 1) {
        EC_KEY_free(key);
        key = 0;
    }
    return key;
}

static EC_KEY *private_key(JNIEnv *env, jbyteArray array) {
    unsigned char bytes[SIZE];
    BIGNUM *number = read(env, array, bytes, SIZE) ? BN_bin2bn(bytes, SIZE, 0) : 0;
    EC_KEY *key = number ? new_key() : 0;
    if (key && EC_KEY_set_private_key(key, number) != 1) {
        EC_KEY_free(key);
        key = 0;
    }
    OPENSSL_cleanse(bytes, SIZE);
    BN_clear_free(number);
    return key;
}

// None if the point is not on the curve.
static EC_KEY *public_key(JNIEnv *env, jbyteArray array) {
    unsigned char point[POINT_SIZE];
    EC_KEY *key = read(env, array, point, POINT_SIZE) ? new_key() : 0;
    if (key && EC_KEY_oct2key(key, point, POINT_SIZE, 0) != 1) {
        EC_KEY_free(key);
        key = 0;
    }
    return key;
}

JNIEXPORT jbyteArray JNICALL Java_dev_peer_core_openssl_LibCrypto_signature(
    JNIEnv *env, jclass type, jbyteArray number, jbyteArray digest) {
    (void) type;
    unsigned char bytes[SIZE];
    unsigned char signature[SIGNATURE_SIZE];
    unsigned int size = SIGNATURE_SIZE;
    EC_KEY *key = private_key(env, number);
    jbyteArray result = 0;
    if (key && read(env, digest, bytes, SIZE) && ECDSA_sign(0, bytes, SIZE, signature, &size, key) == 1)
        result = array_of(env, signature, size);
    EC_KEY_free(key);
    ERR_clear_error();
    return result;
}

// 1: it is the key's; 0: it is not; -1: this is no key.
JNIEXPORT jint JNICALL Java_dev_peer_core_openssl_LibCrypto_judgement(
    JNIEnv *env, jclass type, jbyteArray point, jbyteArray digest, jbyteArray signature) {
    (void) type;
    unsigned char bytes[SIZE];
    unsigned char claimed[SIGNATURE_SIZE];
    jsize size = signature ? (*env)->GetArrayLength(env, signature) : 0;
    EC_KEY *key = public_key(env, point);
    jint result = -1;
    if (key && read(env, digest, bytes, SIZE)) {
        result = size > 0 && size <= SIGNATURE_SIZE && read(env, signature, claimed, size)
            && ECDSA_verify(0, bytes, SIZE, claimed, size, key) == 1;
    }
    EC_KEY_free(key);
    ERR_clear_error();
    return result;
}

// That the point is on the curve is enough: all points of it are in its one group (RFC 8446, 4.2.8.2).
JNIEXPORT jbyteArray JNICALL Java_dev_peer_core_openssl_LibCrypto_agreed(
    JNIEnv *env, jclass type, jbyteArray number, jbyteArray point) {
    (void) type;
    unsigned char secret[SIZE];
    EC_KEY *own = private_key(env, number);
    EC_KEY *other = public_key(env, point);
    jbyteArray result = 0;
    if (own && other && ECDH_compute_key(secret, SIZE, EC_KEY_get0_public_key(other), own, 0) == SIZE)
        result = array_of(env, secret, SIZE);
    OPENSSL_cleanse(secret, SIZE);
    EC_KEY_free(own);
    EC_KEY_free(other);
    ERR_clear_error();
    return result;
}

// A new key: its number, then its point.
JNIEXPORT jbyteArray JNICALL Java_dev_peer_core_openssl_LibCrypto_generated(JNIEnv *env, jclass type) {
    (void) type;
    unsigned char both[SIZE + POINT_SIZE];
    EC_KEY *key = new_key();
    jbyteArray result = 0;
    if (key && EC_KEY_generate_key(key) == 1 && EC_KEY_priv2oct(key, both, SIZE) == SIZE
        && EC_POINT_point2oct(
               p256, EC_KEY_get0_public_key(key), POINT_CONVERSION_UNCOMPRESSED, both + SIZE, POINT_SIZE, 0) == POINT_SIZE)
        result = array_of(env, both, sizeof both);
    OPENSSL_cleanse(both, sizeof both);
    EC_KEY_free(key);
    ERR_clear_error();
    return result;
}

static OSSL_PARAM octets(const char *name, unsigned char *bytes) {
    return (OSSL_PARAM) {name, OSSL_PARAM_OCTET_STRING, bytes, SIZE, 0};
}

JNIEXPORT jbyteArray JNICALL Java_dev_peer_core_openssl_LibCrypto_agreedX25519(
    JNIEnv *env, jclass type, jbyteArray own, jbyteArray other) {
    (void) type;
    unsigned char number[SIZE];
    unsigned char point[SIZE];
    unsigned char secret[SIZE];
    size_t size = SIZE;
    EVP_PKEY *key = 0;
    EVP_PKEY *others = 0;
    EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(0, "X25519", 0);
    jbyteArray result = 0;
    if (maker && read(env, own, number, SIZE) && read(env, other, point, SIZE)) {
        // With a point, and any will do: OpenSSL would compute a missing one, which takes longer than the agreement.
        OSSL_PARAM parameters[] = {octets("priv", number), octets("pub", point), {0, 0, 0, 0, 0}};
        if (EVP_PKEY_fromdata_init(maker) != 1 || EVP_PKEY_fromdata(maker, &key, EVP_PKEY_KEYPAIR, parameters) != 1)
            key = 0;
        others = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, 0, point, SIZE);
    }
    EVP_PKEY_CTX *context = key && others ? EVP_PKEY_CTX_new(key, 0) : 0;
    if (context && EVP_PKEY_derive_init(context) == 1 && EVP_PKEY_derive_set_peer(context, others) == 1
        && EVP_PKEY_derive(context, secret, &size) == 1)
        result = array_of(env, secret, size);
    OPENSSL_cleanse(number, SIZE);
    OPENSSL_cleanse(secret, SIZE);
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_CTX_free(maker);
    EVP_PKEY_free(key);
    EVP_PKEY_free(others);
    ERR_clear_error();
    return result;
}

JNIEXPORT jbyteArray JNICALL Java_dev_peer_core_openssl_LibCrypto_pointX25519(JNIEnv *env, jclass type, jbyteArray own) {
    (void) type;
    unsigned char secret[SIZE];
    unsigned char point[SIZE];
    size_t size = SIZE;
    EVP_PKEY *key = read(env, own, secret, SIZE) ? EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, 0, secret, SIZE) : 0;
    jbyteArray result = key && EVP_PKEY_get_raw_public_key(key, point, &size) == 1 ? array_of(env, point, size) : 0;
    OPENSSL_cleanse(secret, SIZE);
    EVP_PKEY_free(key);
    ERR_clear_error();
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
