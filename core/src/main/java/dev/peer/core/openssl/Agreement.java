package dev.peer.core.openssl;

import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import javax.crypto.KeyAgreementSpi;
import javax.crypto.SecretKey;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;

/** Diffie and Hellman's agreement of two parties on one curve. */
final class Agreement extends KeyAgreementSpi {

  private final Curve curve;
  private byte[] own;
  private byte[] secret;

  Agreement(Curve curve) {
    this.curve = curve;
  }

  /** What a curve has of its own: the bytes in Java's keys, and the secret of two. */
  interface Curve {

    byte[] privateKey(Key key) throws InvalidKeyException;

    byte[] publicKey(Key key) throws InvalidKeyException;

    byte[] agree(byte[] own, byte[] other) throws InvalidKeyException;
  }

  @Override
  protected void engineInit(Key key, SecureRandom random) throws InvalidKeyException {
    own = curve.privateKey(key);
    secret = null;
  }

  @Override
  protected void engineInit(Key key, AlgorithmParameterSpec parameters, SecureRandom random)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    if (parameters != null) {
      throw new InvalidAlgorithmParameterException("no parameters");
    }
    engineInit(key, random);
  }

  @Override
  protected Key engineDoPhase(Key key, boolean lastPhase) throws InvalidKeyException {
    if (own == null) {
      throw new IllegalStateException("the own key is missing");
    }
    if (!lastPhase) {
      throw new IllegalStateException("two parties have one phase");
    }
    secret = curve.agree(own, curve.publicKey(key));
    return null;
  }

  @Override
  protected byte[] engineGenerateSecret() {
    if (secret == null) {
      throw new IllegalStateException("the other party's key is missing");
    }
    byte[] agreed = secret;
    secret = null;
    return agreed;
  }

  @Override
  protected int engineGenerateSecret(byte[] buffer, int offset) throws ShortBufferException {
    if (secret != null && buffer.length - offset < secret.length) {
      throw new ShortBufferException("the secret has " + secret.length + " bytes");
    }
    byte[] agreed = engineGenerateSecret();
    System.arraycopy(agreed, 0, buffer, offset, agreed.length);
    Arrays.fill(agreed, (byte) 0);
    return agreed.length;
  }

  @Override
  protected SecretKey engineGenerateSecret(String algorithm) throws NoSuchAlgorithmException {
    if (!algorithm.equals("TlsPremasterSecret")) {
      throw new NoSuchAlgorithmException("only for TLS: " + algorithm);
    }
    byte[] agreed = engineGenerateSecret();
    try {
      return new SecretKeySpec(agreed, algorithm);
    } finally {
      Arrays.fill(agreed, (byte) 0);
    }
  }
}
