package dev.peer.core.pem;

import java.math.BigInteger;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.Signature;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECKey;
import java.security.interfaces.RSAKey;
import java.util.Arrays;
import java.util.Optional;

/**
 * The accepted kinds of keys, each with its one signature algorithm: the key alone decides, so no
 * one can choose a weaker one. ECDSA signatures are in DER.
 */
public enum KeyKind {
  EC_P256("SHA256withECDSA", "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
  EC_P384(
      "SHA384withECDSA",
      "ffffffffffffffffffffffffffffffffffffffffffffffff"
          + "c7634d81f4372ddf581a0db248b0a77aecec196accc52973"),
  EC_P521(
      "SHA512withECDSA",
      "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa"
          + "51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409"),
  ED25519("Ed25519", ""),
  RSA("SHA256withRSA", "");

  /** The accepted kinds, for messages. */
  public static final String ACCEPTED =
      "EC P-256, P-384 or P-521, Ed25519, or RSA of 2048 to 8192 bits";

  private static final int SMALLEST_RSA = 2048;
  // Above this, checking one signature takes so long that it is a way to keep us busy.
  private static final int LARGEST_RSA = 8192;

  private final String algorithm;
  private final String order;

  /**
   * Takes both.
   *
   * @param algorithm the JDK's name for the way it signs
   * @param order the order of the curve's group in hexadecimal; it tells the curves apart, since
   *     the JDK reads keys on named curves only
   */
  KeyKind(String algorithm, String order) {
    this.algorithm = algorithm;
    this.order = order;
  }

  /** The kind of this key; nothing if it is of another kind, too small or too large. */
  public static Optional<KeyKind> of(Key key) {
    // No switch over types, here and below: linking one takes longer than checking a signature.
    if (key instanceof ECKey ec) {
      BigInteger order = ec.getParams().getOrder();
      return Arrays.stream(values())
          .filter(kind -> !kind.order.isEmpty())
          .filter(kind -> order.equals(new BigInteger(kind.order, 16)))
          .findFirst();
    }
    if (key instanceof EdECKey ed) {
      return ed.getParams().getName().equals("Ed25519") ? Optional.of(ED25519) : Optional.empty();
    }
    if (key instanceof RSAKey rsa && key.getAlgorithm().equals("RSA")) {
      int bits = rsa.getModulus().bitLength();
      return bits < SMALLEST_RSA || bits > LARGEST_RSA ? Optional.empty() : Optional.of(RSA);
    }
    return Optional.empty();
  }

  /** The key's name: {@code EC P-256}, {@code RSA 3072}; also for a key that is not accepted. */
  public static String describe(Key key) {
    if (key instanceof ECKey ec) {
      return of(key)
          .map(kind -> "EC P-" + kind.name().substring("EC_P".length()))
          .orElse("EC " + ec.getParams().getCurve().getField().getFieldSize());
    }
    if (key instanceof EdECKey ed) {
      return ed.getParams().getName();
    }
    if (key instanceof RSAKey rsa) {
      return key.getAlgorithm() + " " + rsa.getModulus().bitLength();
    }
    return key.getAlgorithm();
  }

  /** A new computation, to be initialised for signing or verifying. */
  public Signature signature() {
    try {
      return Signature.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has " + algorithm, e);
    }
  }
}
