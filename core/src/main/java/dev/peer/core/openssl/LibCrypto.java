package dev.peer.core.openssl;

import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.security.ProviderException;
import java.security.SignatureException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;

/**
 * OpenSSL 3, through the library of {@code src/main/c/openssl.c}. Keys are bytes: of P-256 a
 * number, the most significant first, and an uncompressed point; of X25519 as RFC 7748 has them.
 */
final class LibCrypto {

  /** The library's path; the installed command sets it. */
  private static final String LIBRARY = "peer.openssl";

  /** Of a number of P-256, of a key of X25519, and of a digest. */
  private static final int SIZE = 32;

  private LibCrypto() {}

  /** Whether the system has such an OpenSSL that computes all of this, and we have our library. */
  @SuppressWarnings("restricted")
  static boolean load() {
    String library = System.getProperty(LIBRARY);
    if (library == null) {
      return false;
    }
    try {
      System.load(Path.of(library).toAbsolutePath().toString());
      return find() && computes();
    } catch (UnsatisfiedLinkError e) {
      return false;
    }
  }

  /** Does each thing once: a policy of the system may forbid some. */
  private static boolean computes() {
    byte[] key = new byte[SIZE];
    byte[] state = new byte[Sha256.STATE_SIZE];
    beginSha256(state);
    endSha256(state, key, 0);
    return isSigned(key)
        && isAgreed(key)
        && isSealed(key)
        && isSealed(Arrays.copyOf(key, key.length / 2));
  }

  private static boolean isSigned(byte[] digest) {
    byte[] pair = generated();
    if (pair == null) {
      return false;
    }
    byte[] number = Arrays.copyOf(pair, SIZE);
    byte[] point = Arrays.copyOfRange(pair, SIZE, pair.length);
    byte[] signature = signature(number, digest);
    return signature != null
        && judgement(point, digest, signature) == 1
        && agreed(number, point) != null;
  }

  private static boolean isAgreed(byte[] key) {
    byte[] point = pointX25519(key);
    return point != null && agreedX25519(key, point) != null;
  }

  private static boolean isSealed(byte[] key) {
    byte[] nothing = {};
    byte[] iv = new byte[AesGcm.IV_SIZE];
    byte[] sealed = new byte[AesGcm.TAG_SIZE];
    return cryptGcm(true, key, iv, nothing, nothing, 0, 0, sealed, 0)
        && cryptGcm(false, key, iv, nothing, sealed, 0, sealed.length, nothing, 0);
  }

  /**
   * Signs a digest.
   *
   * @throws SignatureException if this is no private key of the curve
   */
  static byte[] sign(byte[] privateNumber, byte[] digest) throws SignatureException {
    byte[] signature = signature(privateNumber, digest);
    if (signature == null) {
      throw new SignatureException("OpenSSL does not sign with this key");
    }
    return signature;
  }

  /** Whether this is the key's signature of the digest. */
  static boolean verify(byte[] publicPoint, byte[] digest, byte[] signature)
      throws SignatureException {
    return switch (judgement(publicPoint, digest, signature)) {
      case 1 -> true;
      case 0 -> false;
      default -> throw new SignatureException("OpenSSL does not verify with this key");
    };
  }

  /**
   * Agrees on a secret on P-256.
   *
   * @throws InvalidKeyException if the point is not on the curve
   */
  static byte[] agree(byte[] privateNumber, byte[] publicPoint) throws InvalidKeyException {
    return required(agreed(privateNumber, publicPoint));
  }

  /**
   * Agrees on a secret by X25519.
   *
   * @throws InvalidKeyException if the other's key leaves no secret
   */
  static byte[] agreeX25519(byte[] privateKey, byte[] publicKey) throws InvalidKeyException {
    return required(agreedX25519(privateKey, publicKey));
  }

  private static byte[] required(byte[] secret) throws InvalidKeyException {
    if (secret == null) {
      throw new InvalidKeyException("OpenSSL does not agree with these keys");
    }
    return secret;
  }

  /** A new key of P-256: its number, then its point. */
  static byte[] generate() {
    return made(generated());
  }

  /** The public key that belongs to a private key of X25519. */
  static byte[] publicX25519(byte[] privateKey) {
    return made(pointX25519(privateKey));
  }

  private static byte[] made(byte[] key) {
    if (key == null) {
      throw new ProviderException("OpenSSL makes no key");
    }
    return key;
  }

  /**
   * Encrypts with AES in Galois counter mode. What comes out is longer by the tag.
   *
   * @param aad is authentic too, and stays outside
   */
  static void seal(
      byte[] key, byte[] iv, byte[] aad, byte[] in, int offset, int size, byte[] out, int at) {
    if (!cryptGcm(true, key, iv, aad, in, offset, size, out, at)) {
      throw new ProviderException("OpenSSL does not encrypt");
    }
  }

  /**
   * Decrypts what {@link #seal} made.
   *
   * @throws AEADBadTagException if it did not; then nothing comes out
   */
  static void open(
      byte[] key, byte[] iv, byte[] aad, byte[] in, int offset, int size, byte[] out, int at)
      throws AEADBadTagException {
    if (!cryptGcm(false, key, iv, aad, in, offset, size, out, at)) {
      throw new AEADBadTagException("not authentic");
    }
  }

  private static native boolean find();

  private static native byte[] signature(byte[] privateNumber, byte[] digest);

  private static native int judgement(byte[] publicPoint, byte[] digest, byte[] signature);

  private static native byte[] agreed(byte[] privateNumber, byte[] publicPoint);

  private static native byte[] agreedX25519(byte[] privateKey, byte[] publicKey);

  private static native byte[] generated();

  private static native byte[] pointX25519(byte[] privateKey);

  /** Makes the state that of a digest of nothing. */
  static native void beginSha256(byte[] state);

  static native void updateSha256(byte[] state, byte[] bytes, int offset, int length);

  /** Writes the digest; then the state is of no use. */
  static native void endSha256(byte[] state, byte[] into, int offset);

  private static native boolean cryptGcm(
      boolean seals,
      byte[] key,
      byte[] iv,
      byte[] aad,
      byte[] in,
      int inOffset,
      int size,
      byte[] out,
      int outOffset);
}
