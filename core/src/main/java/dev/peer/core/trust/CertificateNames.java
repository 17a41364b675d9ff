package dev.peer.core.trust;

import dev.peer.core.id.Shown;
import java.security.cert.X509Certificate;
import javax.security.auth.x500.X500Principal;

/** What to call a certificate in a message. */
final class CertificateNames {

  private CertificateNames() {}

  /** The subject, cut short and without characters that can not be seen. */
  static String of(X509Certificate certificate) {
    return of(certificate.getSubjectX500Principal());
  }

  /** The name, cut short and without characters that can not be seen. */
  static String of(X500Principal name) {
    String text = name.getName(X500Principal.RFC2253);
    return text.isEmpty() ? "a certificate without a subject" : Shown.of(text);
  }
}
