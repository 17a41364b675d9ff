package dev.peer.core.trust;

import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/**
 * A way from a certificate to a trust anchor of which everything holds.
 *
 * @param identity the identity in the certificate
 * @param certificates from that certificate to the anchor, both included
 * @param lists the revocation lists that were looked at
 */
public record ValidPath(
    Identity identity, List<X509Certificate> certificates, List<X509CRL> lists) {

  /** Copies the lists. */
  public ValidPath {
    certificates = List.copyOf(certificates);
    lists = List.copyOf(lists);
  }

  /** When the first of its certificates expires. */
  public Instant until() {
    return certificates.stream()
        .map(certificate -> certificate.getNotAfter().toInstant())
        .min(Comparator.naturalOrder())
        .orElseThrow();
  }
}
