package dev.peer.core.trust;

import java.net.URI;
import java.net.URISyntaxException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraintValidatorException;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PKIXNameConstraintValidator;

/**
 * Checks the names on a path against the name constraints of every authority above them (RFC 5280,
 * 4.2.1.10), including the trust anchor, which the JDK leaves out.
 *
 * <p>A constraint that is malformed, or cannot be compared with a name of its kind, refuses: its
 * author cannot have meant to allow everything.
 */
final class NameConstraintsCheck {

  private static final String NAME_CONSTRAINTS = "2.5.29.30";
  private static final String SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
  private static final int MOST_SUBTREES = 128;
  private static final Set<Integer> SUPPORTED =
      Set.of(
          GeneralName.rfc822Name,
          GeneralName.dNSName,
          GeneralName.directoryName,
          GeneralName.uniformResourceIdentifier,
          GeneralName.iPAddress);

  private final PKIXNameConstraintValidator validator = new PKIXNameConstraintValidator();
  private final Set<Integer> constrained = new HashSet<>();
  private final List<String> excludedDnsNames = new ArrayList<>();

  private NameConstraintsCheck() {}

  /**
   * Checks a whole path.
   *
   * @param path from the leaf to the anchor
   */
  static void require(List<X509Certificate> path) throws UntrustedCertificateException {
    NameConstraintsCheck check = new NameConstraintsCheck();
    for (X509Certificate certificate : path.reversed()) {
      try {
        boolean leaf = certificate.equals(path.getFirst());
        if (leaf || !isSelfIssued(certificate)) {
          check.requireAllowed(certificate);
        }
        if (leaf && certificate.getExtensionValue(SUBJECT_ALTERNATIVE_NAME) == null) {
          check.requireCommonNamesAllowed(certificate);
        }
        if (CertificateProfile.hasNameConstraints(certificate)) {
          check.add(certificate);
        }
      } catch (NameConstraintValidatorException e) {
        throw refused(certificate, "has a name that an authority above it may not vouch for", e);
      } catch (IllegalArgumentException | IllegalStateException e) {
        throw refused(certificate, "has names or name constraints that are malformed", e);
      }
    }
  }

  private static UntrustedCertificateException refused(
      X509Certificate certificate, String why, Exception cause) {
    return new UntrustedCertificateException(CertificateNames.of(certificate) + " " + why, cause);
  }

  private static boolean isSelfIssued(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }

  private void add(X509Certificate authority) throws UntrustedCertificateException {
    NameConstraints constraints =
        NameConstraints.getInstance(extension(authority, NAME_CONSTRAINTS));
    GeneralSubtree[] permitted = constraints.getPermittedSubtrees();
    GeneralSubtree[] excluded = constraints.getExcludedSubtrees();
    int count = length(permitted) + length(excluded);
    if (count == 0 || count > MOST_SUBTREES) {
      throw new IllegalArgumentException("1 to " + MOST_SUBTREES + " subtrees expected: " + count);
    }
    if (permitted != null) {
      for (GeneralSubtree subtree : permitted) {
        requireWellFormed(subtree);
      }
      GeneralSubtree[] comparable =
          Arrays.stream(permitted)
              .filter(subtree -> SUPPORTED.contains(subtree.getBase().getTagNo()))
              .toArray(GeneralSubtree[]::new);
      if (comparable.length > 0) {
        validator.intersectPermittedSubtree(comparable);
      }
    }
    if (excluded != null) {
      for (GeneralSubtree subtree : excluded) {
        requireWellFormed(subtree);
        if (SUPPORTED.contains(subtree.getBase().getTagNo())) {
          validator.addExcludedSubtree(subtree);
        }
        if (subtree.getBase().getTagNo() == GeneralName.dNSName) {
          excludedDnsNames.add(text(subtree.getBase()).toLowerCase(Locale.ROOT));
        }
      }
    }
  }

  private void requireWellFormed(GeneralSubtree subtree) {
    GeneralName base = subtree.getBase();
    constrained.add(base.getTagNo());
    boolean wellFormed =
        subtree.getMinimum().signum() == 0
            && subtree.getMaximum() == null
            && switch (base.getTagNo()) {
              case GeneralName.dNSName ->
                  text(base).isEmpty() || NameForms.isDnsName(text(base), false);
              case GeneralName.iPAddress ->
                  NameForms.isAddressRange(ASN1OctetString.getInstance(base.getName()).getOctets());
              case GeneralName.rfc822Name -> NameForms.isMailConstraint(text(base));
              default -> true;
            };
    if (!wellFormed) {
      throw new IllegalArgumentException("a malformed constraint");
    }
  }

  private void requireAllowed(X509Certificate certificate) throws NameConstraintValidatorException {
    X500Name subject = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
    if (subject.size() > 0) {
      validator.checkPermittedDN(subject);
      validator.checkExcludedDN(subject);
    }
    if (constrained.contains(GeneralName.rfc822Name)) {
      for (String address : values(subject, BCStyle.EmailAddress)) {
        requireAllowed(new GeneralName(GeneralName.rfc822Name, address));
      }
    }
    if (certificate.getExtensionValue(SUBJECT_ALTERNATIVE_NAME) != null) {
      GeneralName[] names =
          GeneralNames.getInstance(extension(certificate, SUBJECT_ALTERNATIVE_NAME)).getNames();
      if (names.length > Identity.MOST_NAMES) {
        throw new IllegalArgumentException("more than " + Identity.MOST_NAMES + " names");
      }
      for (GeneralName name : names) {
        requireAllowed(name);
      }
    }
  }

  /**
   * Takes a common name of a host name's form for one, as the JDK does below intermediates: or an
   * authority for some hosts could name any other there, and rules go by common names too.
   */
  private void requireCommonNamesAllowed(X509Certificate leaf)
      throws NameConstraintValidatorException {
    X500Name subject = X500Name.getInstance(leaf.getSubjectX500Principal().getEncoded());
    for (String name : values(subject, BCStyle.CN)) {
      if (NameForms.isDnsName(name, true)) {
        requireAllowed(new GeneralName(GeneralName.dNSName, name));
      }
    }
  }

  private static List<String> values(X500Name subject, ASN1ObjectIdentifier type) {
    List<String> values = new ArrayList<>();
    for (RDN rdn : subject.getRDNs(type)) {
      for (AttributeTypeAndValue each : rdn.getTypesAndValues()) {
        if (each.getType().equals(type)) {
          if (!(each.getValue() instanceof ASN1String text)) {
            throw new IllegalArgumentException("a name that is no text");
          }
          values.add(text.getString());
        }
      }
    }
    return values;
  }

  private void requireAllowed(GeneralName name) throws NameConstraintValidatorException {
    if (!constrained.contains(name.getTagNo())) {
      return;
    }
    if (!SUPPORTED.contains(name.getTagNo())) {
      throw new NameConstraintValidatorException("a name of a kind that cannot be compared");
    }
    GeneralName comparable =
        switch (name.getTagNo()) {
          case GeneralName.uniformResourceIdentifier -> hostOf(name);
          case GeneralName.dNSName -> dnsName(name);
          case GeneralName.rfc822Name -> mailbox(name);
          default -> name;
        };
    validator.checkPermitted(comparable);
    validator.checkExcluded(comparable);
  }

  /** The name, if no name that it could stand for is excluded. */
  private GeneralName dnsName(GeneralName name) throws NameConstraintValidatorException {
    String text = text(name).toLowerCase(Locale.ROOT);
    if (!NameForms.isDnsName(text, true)) {
      throw new IllegalArgumentException("a malformed DNS name");
    }
    if (text.startsWith("*.")) {
      String suffix = text.substring(1);
      for (String excluded : excludedDnsNames) {
        if (excluded.endsWith(suffix)) {
          throw new NameConstraintValidatorException("a wildcard over an excluded name");
        }
      }
    }
    return name;
  }

  private static GeneralName mailbox(GeneralName name) {
    if (!NameForms.isMailbox(text(name))) {
      throw new IllegalArgumentException("a malformed mail address");
    }
    return name;
  }

  /** A URI with nothing but its host, read strictly: a name without one fits no constraint. */
  private static GeneralName hostOf(GeneralName name) {
    try {
      String host = new URI(text(name)).getHost();
      if (host != null && NameForms.isDnsName(host.toLowerCase(Locale.ROOT), false)) {
        return new GeneralName(GeneralName.uniformResourceIdentifier, "x://" + host);
      }
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("a malformed URI", e);
    }
    throw new IllegalArgumentException("a URI without a host name");
  }

  private static String text(GeneralName name) {
    return ASN1IA5String.getInstance(name.getName()).getString();
  }

  private static byte[] extension(X509Certificate certificate, String oid) {
    return ASN1OctetString.getInstance(certificate.getExtensionValue(oid)).getOctets();
  }

  private static int length(GeneralSubtree[] subtrees) {
    return subtrees == null ? 0 : subtrees.length;
  }
}
