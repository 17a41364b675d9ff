package dev.peer.core.trust;

import dev.peer.core.id.Digest;
import dev.peer.core.id.Printable;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import javax.security.auth.x500.X500Principal;

/**
 * The facts that distinguish a certificate, safe to show. They do not say whether it is trusted.
 *
 * @param subject in RFC 2253 form, more attributes by name; empty if it has none
 * @param issuer in the same form
 * @param serial in hexadecimal
 * @param from the first second of its validity
 * @param until the last one
 * @param digest the SHA-256 of its DER form
 */
public record CertificateFacts(
    String subject, String issuer, String serial, Instant from, Instant until, Digest digest) {

  /** Reads them. */
  public static CertificateFacts of(X509Certificate certificate) {
    try {
      return new CertificateFacts(
          name(certificate.getSubjectX500Principal()),
          name(certificate.getIssuerX500Principal()),
          certificate.getSerialNumber().toString(16),
          certificate.getNotBefore().toInstant(),
          certificate.getNotAfter().toInstant(),
          Digest.of(certificate.getEncoded()));
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was parsed has its bytes", e);
    }
  }

  private static String name(X500Principal name) {
    return Printable.plain(CertificateNames.text(name));
  }
}
