package dev.peer.core.openssl;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.interfaces.ECKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;

/** The curve P-256. Another provider gets keys of other kinds. */
final class P256 implements Agreement.Curve {

  private static final int NUMBER_SIZE = 32;
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
    ECParameterSpec curve = key.getParams();
    return curve != null
        && curve.getCurve().equals(CURVE.getCurve())
        && curve.getGenerator().equals(CURVE.getGenerator())
        && curve.getOrder().equals(CURVE.getOrder())
        && curve.getCofactor() == CURVE.getCofactor();
  }

  private static ECParameterSpec curve() {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(new ECGenParameterSpec("secp256r1"));
      return parameters.getParameterSpec(ECParameterSpec.class);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has P-256", e);
    }
  }
}
