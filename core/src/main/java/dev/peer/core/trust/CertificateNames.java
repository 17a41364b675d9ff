package dev.peer.core.trust;

import dev.peer.core.id.Printable;
import java.security.cert.X509Certificate;
import java.util.Map;
import javax.security.auth.x500.X500Principal;

/** Names a certificate in messages. */
final class CertificateNames {

  /** Attributes that certificates do have, and that RFC 2253 gives no name. */
  private static final Map<String, String> MORE_NAMES =
      Map.of(
          "2.5.4.4", "SURNAME",
          "2.5.4.5", "SERIALNUMBER",
          "2.5.4.42", "GIVENNAME",
          "1.2.840.113549.1.9.1", "EMAILADDRESS");

  private CertificateNames() {}

  /** The subject, shortened and without invisible characters. */
  static String of(X509Certificate certificate) {
    return of(certificate.getSubjectX500Principal());
  }

  /** The name, shortened and without invisible characters. */
  static String of(X500Principal name) {
    String text = text(name);
    return text.isEmpty() ? "a certificate without a subject" : Printable.of(text);
  }

  /**
   * The whole name in RFC 2253 form, to be read; rules compare the form that has its names alone.
   */
  static String text(X500Principal name) {
    return name.getName(X500Principal.RFC2253, MORE_NAMES);
  }
}
