package dev.peer.core.trust;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;

/** The keys that a certificate names: its own, and its issuer's. */
final class KeyIdentifiers {

  private static final String SUBJECT_KEY_IDENTIFIER = "2.5.29.14";
  private static final String AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";

  /** The first field of an authority key identifier. */
  private static final int ISSUERS_KEY = DerReader.contextTag(0);

  private KeyIdentifiers() {}

  /**
   * Whether a certificate names one key as its own and its issuer's, where it names both.
   *
   * @throws CertificateParsingException if it names one in no known form
   */
  static boolean areOne(X509Certificate certificate) throws CertificateParsingException {
    Optional<byte[]> own = subjectKey(certificate);
    Optional<byte[]> issuers = issuersKey(certificate);
    return own.isEmpty() || issuers.isEmpty() || Arrays.equals(own.get(), issuers.get());
  }

  private static Optional<byte[]> subjectKey(X509Certificate certificate)
      throws CertificateParsingException {
    byte[] value = certificate.getExtensionValue(SUBJECT_KEY_IDENTIFIER);
    if (value == null) {
      return Optional.empty();
    }
    DerReader identifier = new DerReader(new DerReader(value).read(DerReader.OCTET_STRING));
    byte[] key = identifier.read(DerReader.OCTET_STRING);
    identifier.end();
    return Optional.of(key);
  }

  /** Empty as well where the issuer is named by its name and serial number alone. */
  private static Optional<byte[]> issuersKey(X509Certificate certificate)
      throws CertificateParsingException {
    byte[] value = certificate.getExtensionValue(AUTHORITY_KEY_IDENTIFIER);
    if (value == null) {
      return Optional.empty();
    }
    DerReader identifier = new DerReader(new DerReader(value).read(DerReader.OCTET_STRING));
    DerReader fields = new DerReader(identifier.read(DerReader.SEQUENCE));
    identifier.end();
    return fields.isNext(ISSUERS_KEY) ? Optional.of(fields.read(ISSUERS_KEY)) : Optional.empty();
  }
}
