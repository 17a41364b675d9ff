package dev.peer.core.pem;

import java.io.IOException;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * Private keys in the forms before PKCS#8, which OpenSSL still writes in places.
 *
 * <p>Apart from {@link Pem}, so that only a user of such a key waits for BouncyCastle to load.
 */
final class OlderKeyForms {

  private OlderKeyForms() {}

  /**
   * An EC key (SEC 1) in PKCS#8.
   *
   * @param curve the parameters that stand before it, which count if it has none itself
   */
  static byte[] fromSec1(String what, byte[] der, Optional<byte[]> curve)
      throws CredentialException {
    try {
      ECPrivateKey key = ECPrivateKey.getInstance(parsed(der));
      ASN1Encodable parameters = key.getParametersObject();
      if (parameters == null && curve.isPresent()) {
        parameters = parsed(curve.get());
      }
      if (parameters instanceof ASN1ObjectIdentifier) {
        return new PrivateKeyInfo(
                new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, parameters), key)
            .getEncoded();
      }
    } catch (IOException
        | IllegalArgumentException
        | IllegalStateException
        | IndexOutOfBoundsException e) {
      throw malformed(what);
    }
    throw new CredentialException(
        what + ": the key does not name its curve", "use " + KeyKind.ACCEPTED);
  }

  /** An RSA key (PKCS#1) in PKCS#8. */
  static byte[] fromPkcs1(String what, byte[] der) throws CredentialException {
    try {
      RSAPrivateKey key = RSAPrivateKey.getInstance(parsed(der));
      return new PrivateKeyInfo(
              new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE), key)
          .getEncoded();
    } catch (IOException
        | IllegalArgumentException
        | IllegalStateException
        | IndexOutOfBoundsException e) {
      throw malformed(what);
    }
  }

  /** The library gives null for no bytes at all, and fails late where a sequence is too short. */
  private static ASN1Primitive parsed(byte[] der) throws IOException {
    ASN1Primitive object = ASN1Primitive.fromByteArray(der);
    if (object == null) {
      throw new IOException("no bytes");
    }
    return object;
  }

  /** Without a cause: a parser's message may repeat a part of the key. */
  private static CredentialException malformed(String what) {
    return new CredentialException(
        what + ": not a private key of the form its label says",
        "write it again with: openssl pkey -in FILE -out FILE2");
  }
}
