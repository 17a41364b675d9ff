package dev.peer.core.trust;

import dev.peer.core.id.PeerId;
import dev.peer.core.id.Printable;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import javax.naming.InvalidNameException;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;

/**
 * The names in a certificate. They are only as true as the certificate: validate it first.
 *
 * @param id the first URI, else the first DNS name, else the subject in RFC 2253 form
 * @param uris the URI subject alternative names, in their order
 * @param dnsNames the DNS subject alternative names, in their order and in lower case
 * @param commonNames the subject's common names, without a host's full name that the DNS names,
 *     where there are any, lack
 * @param organizationalUnits the subject's organizational units
 * @param issuer the issuer in RFC 2253 form
 */
public record Identity(
    PeerId id,
    List<String> uris,
    List<String> dnsNames,
    List<String> commonNames,
    List<String> organizationalUnits,
    String issuer) {

  /** The most subject alternative names that a certificate may have. */
  static final int MOST_NAMES = 256;

  private static final String SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
  private static final int DNS = 2;
  private static final int URI = 6;
  private static final int LONGEST_NAME = 1024;

  /** Copies the lists. */
  public Identity {
    uris = List.copyOf(uris);
    dnsNames = List.copyOf(dnsNames);
    commonNames = List.copyOf(commonNames);
    organizationalUnits = List.copyOf(organizationalUnits);
  }

  /**
   * Reads the names in a certificate.
   *
   * @throws UntrustedCertificateException if it names nobody, or a name is not of its kind's form,
   *     too long or has invisible characters
   */
  public static Identity of(X509Certificate leaf) throws UntrustedCertificateException {
    List<String> uris = new ArrayList<>();
    List<String> dnsNames = new ArrayList<>();
    for (List<?> name : alternativeNames(leaf)) {
      if (name.get(0).equals(URI)) {
        uris.add(required("URI", name.get(1), NameForms::isUri));
      } else if (name.get(0).equals(DNS)) {
        String folded = name.get(1).toString().toLowerCase(Locale.ROOT);
        dnsNames.add(required("DNS name", folded, NameForms::isHostName));
      }
    }
    String subject = rfc2253("subject", leaf.getSubjectX500Principal());
    String issuer = rfc2253("issuer", leaf.getIssuerX500Principal());
    return new Identity(
        id(uris, dnsNames, subject),
        uris,
        dnsNames,
        attributes(subject, "CN").stream().filter(name -> !contradicts(name, dnsNames)).toList(),
        attributes(subject, "OU"),
        issuer);
  }

  // A URI has a colon before any "=", a DNS name has neither, a subject has a "=" first: a name of
  // one kind can never be taken for a name of another.
  private static PeerId id(List<String> uris, List<String> dnsNames, String subject)
      throws UntrustedCertificateException {
    if (!uris.isEmpty()) {
      return new PeerId(uris.getFirst());
    }
    if (!dnsNames.isEmpty()) {
      return new PeerId(dnsNames.getFirst());
    }
    if (subject.isBlank()) {
      throw new UntrustedCertificateException(
          "the certificate names nobody: it has neither a URI, a DNS name nor a subject");
    }
    return new PeerId(subject);
  }

  /**
   * Whether a common name is a host's full name and not among the DNS names: an authority that
   * checks DNS names may not have checked it, and rules use it.
   */
  private static boolean contradicts(String commonName, List<String> dnsNames) {
    return !dnsNames.isEmpty()
        && commonName.indexOf('.') > 0
        && NameForms.isHostName(commonName)
        && !dnsNames.contains(commonName.toLowerCase(Locale.ROOT));
  }

  private static Collection<List<?>> alternativeNames(X509Certificate leaf)
      throws UntrustedCertificateException {
    Collection<List<?>> names;
    try {
      names = leaf.getSubjectAlternativeNames();
    } catch (CertificateParsingException e) {
      throw new UntrustedCertificateException("its subject alternative names are malformed", e);
    }
    if (names == null) {
      // The JDK also gives null for an extension that it could not read; the subject must not step
      // in for names that are there.
      if (leaf.getExtensionValue(SUBJECT_ALTERNATIVE_NAME) != null) {
        throw new UntrustedCertificateException("its subject alternative names are malformed");
      }
      return List.of();
    }
    if (names.size() > MOST_NAMES) {
      throw new UntrustedCertificateException(
          "it has " + names.size() + " subject alternative names, more than " + MOST_NAMES);
    }
    return names;
  }

  private static String rfc2253(String what, X500Principal name)
      throws UntrustedCertificateException {
    return required(what, name.getName(X500Principal.RFC2253), text -> true);
  }

  private static List<String> attributes(String subject, String type)
      throws UntrustedCertificateException {
    List<String> values = new ArrayList<>();
    try {
      List<Rdn> rdns = new LdapName(subject).getRdns();
      // LdapName counts from the right; here the order is the one of the text.
      for (Rdn rdn : rdns.reversed()) {
        Attribute attribute = rdn.toAttributes().get(type);
        for (int i = 0; attribute != null && i < attribute.size(); i++) {
          values.add(required(type, attribute.get(i), text -> !text.isBlank()));
        }
      }
    } catch (InvalidNameException e) {
      throw new UntrustedCertificateException("its subject is malformed", e);
    } catch (NamingException e) {
      throw new IllegalStateException("an attribute in memory has its values", e);
    }
    return values;
  }

  private static String required(String what, Object value, Predicate<String> form)
      throws UntrustedCertificateException {
    if (value instanceof String text
        && text.length() <= LONGEST_NAME
        && Printable.plain(text).equals(text)
        && text.indexOf('\uFFFD') < 0
        && form.test(text)) {
      return text;
    }
    String shown = value instanceof String text ? Printable.of(text) : "not a text";
    throw new UntrustedCertificateException(
        "its " + what + " is not one that a peer may have: " + shown);
  }
}
