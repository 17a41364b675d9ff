package dev.peer.pki.issue;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Locale;

/** The kinds of keys that can be made. */
public enum KeyType {
  P256("EC", new ECGenParameterSpec("secp256r1")),
  P384("EC", new ECGenParameterSpec("secp384r1")),
  ED25519("Ed25519", null),
  RSA3072("RSA", new RSAKeyGenParameterSpec(3072, RSAKeyGenParameterSpec.F4));

  private final String algorithm;
  private final AlgorithmParameterSpec parameters;

  KeyType(String algorithm, AlgorithmParameterSpec parameters) {
    this.algorithm = algorithm;
    this.parameters = parameters;
  }

  /** A new pair. */
  public KeyPair generate() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      if (parameters != null) {
        generator.initialize(parameters);
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime makes " + this + " keys", e);
    }
  }

  /** The JDK's name for how an authority with this key signs. */
  static String signatureAlgorithm(PublicKey key) {
    return switch (key) {
      case ECKey ec when ec.getParams().getOrder().bitLength() > 256 -> "SHA384withECDSA";
      case ECKey ec -> "SHA256withECDSA";
      case EdECKey ed -> "Ed25519";
      default -> "SHA256withRSA";
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
