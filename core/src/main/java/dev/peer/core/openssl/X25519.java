package dev.peer.core.openssl;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.InvalidParameterException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGeneratorSpi;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.security.interfaces.XECKey;
import java.security.interfaces.XECPrivateKey;
import java.security.interfaces.XECPublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;

/** X25519. Another provider gets keys of other kinds. */
final class X25519 implements Agreement.Curve {

  private static final int SIZE = 32;

  /** In bits, as Java counts it. */
  private static final int CURVE_SIZE = 255;

  private static final NamedParameterSpec CURVE = NamedParameterSpec.X25519;

  @Override
  public byte[] privateKey(Key key) throws InvalidKeyException {
    if (key instanceof XECPrivateKey own && isOnCurve(own)) {
      return own.getScalar()
          .filter(scalar -> scalar.length == SIZE)
          .orElseThrow(() -> new InvalidKeyException("a key whose number is not known"));
    }
    throw new InvalidKeyException("not a private key of X25519");
  }

  @Override
  public byte[] publicKey(Key key) throws InvalidKeyException {
    if (key instanceof XECPublicKey other
        && isOnCurve(other)
        && other.getU().signum() >= 0
        && other.getU().bitLength() < Byte.SIZE * SIZE) {
      return reversed(other.getU().toByteArray());
    }
    throw new InvalidKeyException("not a public key of X25519");
  }

  @Override
  public byte[] agree(byte[] own, byte[] other) throws InvalidKeyException {
    return LibCrypto.agreeX25519(own, other);
  }

  private static boolean isOnCurve(XECKey key) {
    return key.getParams() instanceof NamedParameterSpec named
        && named.getName().equalsIgnoreCase(CURVE.getName());
  }

  /** In the other order, with zeros behind. */
  private static byte[] reversed(byte[] number) {
    byte[] reversed = new byte[SIZE];
    for (int i = 0; i < number.length; i++) {
      reversed[number.length - 1 - i] = number[i];
    }
    return reversed;
  }

  /** Makes keys, as Java's own classes. */
  static final class Generator extends KeyPairGeneratorSpi {

    private SecureRandom random = new SecureRandom();

    @Override
    public void initialize(int size, SecureRandom source) {
      if (size != CURVE_SIZE) {
        throw new InvalidParameterException("not the size of X25519");
      }
      random = source == null ? new SecureRandom() : source;
    }

    @Override
    public void initialize(AlgorithmParameterSpec parameters, SecureRandom source)
        throws InvalidAlgorithmParameterException {
      if (!(parameters instanceof NamedParameterSpec named)
          || !named.getName().equalsIgnoreCase(CURVE.getName())) {
        throw new InvalidAlgorithmParameterException("only X25519");
      }
      random = source == null ? new SecureRandom() : source;
    }

    @Override
    public KeyPair generateKeyPair() {
      byte[] scalar = new byte[SIZE];
      random.nextBytes(scalar);
      byte[] point = LibCrypto.publicX25519(scalar);
      try {
        KeyFactory keys = KeyFactory.getInstance("XDH");
        return new KeyPair(
            keys.generatePublic(new XECPublicKeySpec(CURVE, new BigInteger(1, reversed(point)))),
            keys.generatePrivate(new XECPrivateKeySpec(CURVE, scalar)));
      } catch (GeneralSecurityException e) {
        throw new ProviderException("every Java runtime has X25519", e);
      } finally {
        Arrays.fill(scalar, (byte) 0);
      }
    }
  }
}
