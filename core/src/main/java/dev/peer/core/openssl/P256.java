package dev.peer.core.openssl;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
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
import java.security.interfaces.ECKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;

/** The curve P-256. Another provider gets keys of other kinds. */
final class P256 implements Agreement.Curve {

  private static final String NAME = "secp256r1";
  private static final int NUMBER_SIZE = 32;

  /** In bits, as Java counts it. */
  private static final int CURVE_SIZE = 256;

  private static final ECParameterSpec CURVE = curve();

  @Override
  public byte[] agree(byte[] own, byte[] other) throws InvalidKeyException {
    return LibCrypto.agree(own, other);
  }

  /** The number; OpenSSL takes any, so its range is checked here. */
  @Override
  public byte[] privateKey(Key key) throws InvalidKeyException {
    if (key instanceof ECPrivateKey own
        && isOnCurve(own)
        && own.getS().signum() > 0
        && own.getS().compareTo(CURVE.getOrder()) < 0) {
      byte[] number = new byte[NUMBER_SIZE];
      put(own.getS(), number, 0);
      return number;
    }
    throw new InvalidKeyException("not a private key of P-256 whose number is known");
  }

  /** The point, uncompressed; OpenSSL sees whether it is on the curve. */
  @Override
  public byte[] publicKey(Key key) throws InvalidKeyException {
    if (key instanceof ECPublicKey other
        && isOnCurve(other)
        && !other.getW().equals(ECPoint.POINT_INFINITY)) {
      byte[] point = new byte[1 + 2 * NUMBER_SIZE];
      point[0] = 4;
      put(other.getW().getAffineX(), point, 1);
      put(other.getW().getAffineY(), point, 1 + NUMBER_SIZE);
      return point;
    }
    throw new InvalidKeyException("not a public key of P-256");
  }

  private static void put(BigInteger number, byte[] into, int offset) throws InvalidKeyException {
    byte[] bytes = number.toByteArray();
    int sign = bytes[0] == 0 ? 1 : 0;
    int length = bytes.length - sign;
    if (number.signum() < 0 || length > NUMBER_SIZE) {
      throw new InvalidKeyException("a number of the key is out of P-256's range");
    }
    System.arraycopy(bytes, sign, into, offset + NUMBER_SIZE - length, length);
  }

  private static boolean isOnCurve(ECKey key) {
    return key.getParams() != null && isCurve(key.getParams());
  }

  private static boolean isCurve(ECParameterSpec curve) {
    return curve.getCurve().equals(CURVE.getCurve())
        && curve.getGenerator().equals(CURVE.getGenerator())
        && curve.getOrder().equals(CURVE.getOrder())
        && curve.getCofactor() == CURVE.getCofactor();
  }

  /** Makes keys, as Java's own classes. */
  static final class Generator extends KeyPairGeneratorSpi {

    @Override
    public void initialize(int size, SecureRandom source) {
      if (size != CURVE_SIZE) {
        throw new InvalidParameterException("not the size of P-256");
      }
    }

    @Override
    public void initialize(AlgorithmParameterSpec parameters, SecureRandom source)
        throws InvalidAlgorithmParameterException {
      boolean isOurs =
          parameters instanceof ECGenParameterSpec named
              ? named.getName().equalsIgnoreCase(NAME)
              : parameters instanceof ECParameterSpec curve && isCurve(curve);
      if (!isOurs) {
        throw new InvalidAlgorithmParameterException("only " + NAME);
      }
    }

    @Override
    public KeyPair generateKeyPair() {
      byte[] made = LibCrypto.generate();
      try {
        KeyFactory keys = KeyFactory.getInstance("EC");
        ECPoint point =
            new ECPoint(
                new BigInteger(1, made, NUMBER_SIZE + 1, NUMBER_SIZE),
                new BigInteger(1, made, 2 * NUMBER_SIZE + 1, NUMBER_SIZE));
        BigInteger number = new BigInteger(1, made, 0, NUMBER_SIZE);
        return new KeyPair(
            keys.generatePublic(new ECPublicKeySpec(point, CURVE)),
            keys.generatePrivate(new ECPrivateKeySpec(number, CURVE)));
      } catch (GeneralSecurityException e) {
        throw new ProviderException("every Java runtime has P-256", e);
      } finally {
        Arrays.fill(made, (byte) 0);
      }
    }
  }

  private static ECParameterSpec curve() {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(new ECGenParameterSpec(NAME));
      return parameters.getParameterSpec(ECParameterSpec.class);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has P-256", e);
    }
  }
}
