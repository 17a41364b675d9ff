package dev.peer.core.openssl;

import java.security.InvalidKeyException;
import java.security.InvalidParameterException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SignatureException;
import java.security.SignatureSpi;

/** SHA256withECDSA with keys of P-256. */
final class P256Signature extends SignatureSpi {

  private final Agreement.Curve curve = new P256();
  private final MessageDigest digest;
  private byte[] privateNumber;
  private byte[] publicPoint;

  P256Signature() throws NoSuchAlgorithmException {
    digest = MessageDigest.getInstance("SHA-256");
  }

  @Override
  protected void engineInitVerify(PublicKey key) throws InvalidKeyException {
    publicPoint = curve.publicKey(key);
    digest.reset();
  }

  @Override
  protected void engineInitSign(PrivateKey key) throws InvalidKeyException {
    privateNumber = curve.privateKey(key);
    digest.reset();
  }

  @Override
  protected void engineUpdate(byte message) {
    digest.update(message);
  }

  @Override
  protected void engineUpdate(byte[] message, int offset, int length) {
    digest.update(message, offset, length);
  }

  @Override
  protected byte[] engineSign() throws SignatureException {
    return LibCrypto.sign(privateNumber, digest.digest());
  }

  @Override
  protected boolean engineVerify(byte[] signature) throws SignatureException {
    return LibCrypto.verify(publicPoint, digest.digest(), signature);
  }

  @Override
  @Deprecated
  protected void engineSetParameter(String name, Object value) {
    throw new InvalidParameterException("no parameters");
  }

  @Override
  @Deprecated
  protected Object engineGetParameter(String name) {
    throw new InvalidParameterException("no parameters");
  }
}
