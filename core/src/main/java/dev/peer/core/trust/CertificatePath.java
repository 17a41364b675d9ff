package dev.peer.core.trust;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A way from a certificate to a trusted CA that was found good.
 *
 * @param identity whom the certificate names
 * @param certificates from the certificate to the CA's, both included
 */
public record CertificatePath(Identity identity, List<X509Certificate> certificates) {

  /** Copies the certificates. */
  public CertificatePath {
    certificates = List.copyOf(certificates);
  }
}
