package dev.peer.core.sign;

import dev.peer.core.pem.KeyKind;
import dev.peer.core.trust.Credentials;
import dev.peer.core.trust.DerReader;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.util.Arrays;
import java.util.Optional;

/**
 * The signature of an envelope, whatever its payload states: ECDSA in DER (SHA-256 for P-256,
 * SHA-384 for P-384, SHA-512 for P-521), Ed25519, or RSA PKCS#1 v1.5 with SHA-256, over DSSE's
 * pre-authentication encoding.
 */
final class Signatures {

  private Signatures() {}

  /** Signs a payload; the envelope has no timestamp. */
  static Envelope sign(Credentials credentials, byte[] payload) {
    Signature computation = KeyKind.of(credentials.leaf().getPublicKey()).orElseThrow().signature();
    try {
      computation.initSign(credentials.privateKey());
      computation.update(PreAuthEncoding.of(Envelope.PAYLOAD_TYPE, payload));
      return new Envelope(payload, computation.sign(), credentials.chain(), Optional.empty());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a key that has signed before signs again", e);
    }
  }

  /**
   * Requires that the key of the envelope's first certificate made its signature.
   *
   * @throws VerificationException if it did not
   */
  static void require(Envelope envelope) throws VerificationException {
    X509Certificate certificate = envelope.chain().getFirst();
    boolean holds;
    try {
      if (certificate.getPublicKey() instanceof ECKey) {
        requireOneForm(envelope.signature());
      }
      Signature computation = KeyKind.of(certificate.getPublicKey()).orElseThrow().signature();
      computation.initVerify(certificate.getPublicKey());
      computation.update(PreAuthEncoding.of(Envelope.PAYLOAD_TYPE, envelope.payload()));
      holds = computation.verify(envelope.signature());
    } catch (GeneralSecurityException e) {
      throw new VerificationException("the signature is malformed", e);
    }
    if (!holds) {
      throw new VerificationException("the signature does not hold");
    }
  }

  /**
   * Requires two numbers in DER's one form. Some providers take others, too, and a signature holds
   * for everybody or for nobody.
   */
  private static void requireOneForm(byte[] signature) throws CertificateParsingException {
    DerReader whole = new DerReader(signature);
    DerReader numbers = new DerReader(whole.read(DerReader.SEQUENCE));
    whole.end();
    requireOneFormOfNumber(numbers.read(DerReader.INTEGER));
    requireOneFormOfNumber(numbers.read(DerReader.INTEGER));
    numbers.end();
  }

  private static void requireOneFormOfNumber(byte[] number) throws CertificateParsingException {
    if (number.length == 0 || !Arrays.equals(new BigInteger(number).toByteArray(), number)) {
      throw new CertificateParsingException("a number is not in its shortest form");
    }
  }
}
