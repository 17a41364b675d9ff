package dev.peer.core.trust;

import dev.peer.core.pem.KeyKind;
import java.math.BigInteger;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a certificate must be by itself, on any path. */
final class CertificateProfile {

  private static final int LARGEST = 1 << 16;
  private static final int LONGEST_SERIAL_BITS = 160;

  private static final String KEY_USAGE = "2.5.29.15";
  private static final String SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
  private static final String BASIC_CONSTRAINTS = "2.5.29.19";
  private static final String NAME_CONSTRAINTS = "2.5.29.30";
  private static final String CERTIFICATE_POLICIES = "2.5.29.32";
  private static final String POLICY_MAPPINGS = "2.5.29.33";
  private static final String POLICY_CONSTRAINTS = "2.5.29.36";
  private static final String EXTENDED_KEY_USAGE = "2.5.29.37";
  private static final String INHIBIT_ANY_POLICY = "2.5.29.54";
  private static final Set<String> KNOWN =
      Set.of(
          KEY_USAGE,
          SUBJECT_ALTERNATIVE_NAME,
          BASIC_CONSTRAINTS,
          NAME_CONSTRAINTS,
          CERTIFICATE_POLICIES,
          POLICY_MAPPINGS,
          POLICY_CONSTRAINTS,
          EXTENDED_KEY_USAGE,
          INHIBIT_ANY_POLICY);

  static final String MALFORMED_MEND =
      "have it issued again by an authority that encodes it as RFC 5280 says";

  private static final int DIGITAL_SIGNATURE = 0;
  private static final int NON_REPUDIATION = 1;
  private static final int KEY_CERT_SIGN = 5;

  private static final String ANY_USAGE = "2.5.29.37.0";

  // "CA:FALSE", wrapped as an extension's value is: left out as DER wants it, or spelled out.
  private static final byte[] NO_AUTHORITY = {4, 2, 0x30, 0};
  private static final byte[] NO_AUTHORITY_SPELLED_OUT = {4, 5, 0x30, 3, 1, 1, 0};

  private CertificateProfile() {}

  /** What every certificate on a path must be, the trust anchor as well. */
  static void requireSound(X509Certificate certificate, Instant at, Faults faults)
      throws UntrustedCertificateException {
    faults.require(
        encoded(certificate).length <= LARGEST,
        certificate,
        "is too large",
        "issue it with fewer names and extensions: at most " + LARGEST + " bytes in all");
    requireValidAt(certificate, at, faults);
    if (KeyKind.of(certificate.getPublicKey()).isEmpty()) {
      faults.add(
          certificate,
          "has a key that is not accepted ("
              + KeyKind.describe(certificate.getPublicKey())
              + "): "
              + KeyKind.ACCEPTED
              + " is expected",
          "make a new key of such a kind, and have it issued for that");
    }
    requireReadableExtensions(certificate, faults);
  }

  /** What a certificate must be if the signature on it counts. */
  static void requireProven(X509Certificate certificate, Faults faults)
      throws UntrustedCertificateException {
    if (!SignatureAlgorithms.isAccepted(
        certificate.getSigAlgOID(), certificate.getSigAlgParams())) {
      faults.add(
          certificate,
          "is signed in a way that is too weak or not known (" + certificate.getSigAlgName() + ")",
          "have it issued again, signed with ECDSA, Ed25519 or RSA and SHA-256, SHA-384 or"
              + " SHA-512");
    }
    BigInteger serial = certificate.getSerialNumber();
    faults.require(
        serial.signum() > 0 && serial.bitLength() <= LONGEST_SERIAL_BITS,
        certificate,
        "has a serial number that is not positive or longer than 20 bytes",
        "have it issued again with a serial number as RFC 5280 wants it");
  }

  /** What a certificate presented for a role must be. */
  static void requireLeaf(X509Certificate certificate, CertificateRole role, Faults faults)
      throws UntrustedCertificateException {
    byte[] constraints = certificate.getExtensionValue(BASIC_CONSTRAINTS);
    faults.require(
        certificate.getBasicConstraints() < 0
            && (constraints == null
                || Arrays.equals(constraints, NO_AUTHORITY)
                || Arrays.equals(constraints, NO_AUTHORITY_SPELLED_OUT)),
        certificate,
        "is an authority's (CA:TRUE), and an authority cannot be a peer",
        "have the authority issue a certificate for the peer (CA:FALSE), and use that");
    boolean[] usage = certificate.getKeyUsage();
    faults.require(
        usage == null
            || usage[DIGITAL_SIGNATURE]
            || (role == CertificateRole.TIMESTAMPER && usage[NON_REPUDIATION]),
        certificate,
        "is not for signatures (its key usage lacks digitalSignature)",
        "issue it with keyUsage digitalSignature");
    faults.require(
        usage == null || !usage[KEY_CERT_SIGN],
        certificate,
        "is for signing certificates (its key usage has keyCertSign)",
        "issue it without keyUsage keyCertSign");
    List<String> purposes = purposes(certificate);
    faults.require(
        purposes == null || !purposes.contains(ANY_USAGE),
        certificate,
        "is for any purpose (anyExtendedKeyUsage), and must name those that are meant",
        "issue it with extendedKeyUsage " + role.usageText() + ", and without anyExtendedKeyUsage");
    if (purposes != null && !purposes.contains(role.usage())) {
      faults.add(
          certificate,
          "is not for " + role.holders() + " (its extended key usage lacks it)",
          "issue it with extendedKeyUsage " + role.usageText() + ", or without that extension");
    }
    if (role == CertificateRole.TIMESTAMPER) {
      requireForTimestampsAlone(certificate, usage, purposes, faults);
    }
    faults.require(
        !hasNameConstraints(certificate),
        certificate,
        "has name constraints, which only an authority may have",
        "issue it without nameConstraints");
  }

  /** RFC 3161, 2.3: a key that says what time it is does nothing else. */
  private static void requireForTimestampsAlone(
      X509Certificate certificate, boolean[] usage, List<String> purposes, Faults faults)
      throws UntrustedCertificateException {
    faults.require(
        List.of(CertificateRole.TIMESTAMPER.usage()).equals(purposes)
            && certificate.getCriticalExtensionOIDs().contains(EXTENDED_KEY_USAGE),
        certificate,
        "is not for timestamps alone (its extended key usage must be critical and have nothing but"
            + " timeStamping)",
        "issue it with the critical extendedKeyUsage timeStamping, and no other");
    for (int i = 0; usage != null && i < usage.length; i++) {
      faults.require(
          !usage[i] || i == DIGITAL_SIGNATURE || i == NON_REPUDIATION,
          certificate,
          "is not for timestamps alone (its key usage has more than signatures)",
          "issue it with keyUsage digitalSignature alone");
    }
  }

  /** What an authority's certificate above a leaf of this role must be. */
  static void requireAuthority(X509Certificate certificate, CertificateRole role, Faults faults)
      throws UntrustedCertificateException {
    faults.require(
        certificate.getVersion() >= 3 && certificate.getBasicConstraints() >= 0,
        certificate,
        "is not an authority's (CA:TRUE is missing)",
        "make the authority's certificate again with basicConstraints CA:TRUE");
    boolean[] usage = certificate.getKeyUsage();
    faults.require(
        usage == null || usage[KEY_CERT_SIGN],
        certificate,
        "is not for signing certificates (its key usage lacks keyCertSign)",
        "make the authority's certificate again with keyUsage keyCertSign");
    List<String> purposes = purposes(certificate);
    if (purposes != null && !purposes.contains(ANY_USAGE) && !purposes.contains(role.usage())) {
      faults.add(
          certificate,
          "may not vouch for " + role.holders() + " (its extended key usage lacks it)",
          "make the authority's certificate again with extendedKeyUsage "
              + role.usageText()
              + ", or without that extension");
    }
    faults.require(
        !certificate.getSubjectX500Principal().getName().isEmpty(),
        certificate,
        "is an authority's and has no subject",
        "make the authority's certificate again with a subject");
  }

  /** What a trust anchor must be, besides an authority. */
  static void requireAnchor(X509Certificate certificate, Faults faults)
      throws UntrustedCertificateException {
    if (!certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
      return;
    }
    try {
      faults.require(
          KeyIdentifiers.areOne(certificate),
          certificate,
          "is its own issuer, and names another key as its issuer's (authority key identifier)",
          "make the authority's certificate again: both key identifiers are those of its own key");
    } catch (CertificateParsingException e) {
      faults.add(certificate, "has a malformed key identifier", MALFORMED_MEND);
    }
  }

  /** Whether the certificate limits the policies below it. */
  static boolean hasPolicyConstraints(X509Certificate certificate) {
    return certificate.getExtensionValue(POLICY_CONSTRAINTS) != null;
  }

  /** Whether the certificate wants "any policy" to mean none below it. */
  static boolean inhibitsAnyPolicy(X509Certificate certificate) {
    return certificate.getExtensionValue(INHIBIT_ANY_POLICY) != null;
  }

  /** Whether the certificate limits the names below it, or at least means to. */
  static boolean hasNameConstraints(X509Certificate certificate) {
    return certificate.getExtensionValue(NAME_CONSTRAINTS) != null;
  }

  private static void requireValidAt(X509Certificate certificate, Instant at, Faults faults)
      throws UntrustedCertificateException {
    Instant from = certificate.getNotBefore().toInstant();
    Instant until = certificate.getNotAfter().toInstant();
    // Texts are made only for a fault: formatting a time is slow.
    if (at.isBefore(from)) {
      faults.addAboutTime(
          certificate,
          "is not valid before " + from,
          "wait until then, or set the clock: here it is " + at);
    }
    if (at.isAfter(until)) {
      faults.addAboutTime(
          certificate,
          "expired at " + until,
          "have a new one issued, or set the clock: here it is " + at);
    }
  }

  /** The JDK reports an extension that it cannot read as missing. */
  private static void requireReadableExtensions(X509Certificate certificate, Faults faults)
      throws UntrustedCertificateException {
    if (certificate.getCriticalExtensionOIDs() != null) {
      Set<String> unknown = new HashSet<>(certificate.getCriticalExtensionOIDs());
      unknown.removeAll(KNOWN);
      if (!unknown.isEmpty()) {
        faults.add(
            certificate,
            "has critical extensions that are not known here: " + String.join(", ", unknown),
            "issue it without them, or with them not critical");
      }
    }
    faults.require(
        certificate.getKeyUsage() != null || certificate.getExtensionValue(KEY_USAGE) == null,
        certificate,
        "has a malformed key usage",
        MALFORMED_MEND);
    faults.require(
        purposes(certificate) != null || certificate.getExtensionValue(EXTENDED_KEY_USAGE) == null,
        certificate,
        "has a malformed extended key usage",
        MALFORMED_MEND);
  }

  private static List<String> purposes(X509Certificate certificate)
      throws UntrustedCertificateException {
    try {
      return certificate.getExtendedKeyUsage();
    } catch (CertificateParsingException e) {
      throw new UntrustedCertificateException(
          CertificateNames.of(certificate) + " has a malformed extended key usage", e);
    }
  }

  private static byte[] encoded(X509Certificate certificate) throws UntrustedCertificateException {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new UntrustedCertificateException("a certificate is malformed", e);
    }
  }
}
