package dev.peer.pki.issue;

import dev.peer.core.pem.CredentialException;
import dev.peer.core.trust.Credentials;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority with its key: issues certificates, authorities below it, and revocation lists. */
public final class CertificateAuthority {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SERIAL_BITS = 127;

  /** The authority's certificate, then the certificates of the authorities above it. */
  private final List<X509Certificate> chain;

  private final PrivateKey key;

  private CertificateAuthority(List<X509Certificate> chain, PrivateKey key) {
    this.chain = List.copyOf(chain);
    this.key = key;
  }

  /** A new root with a P-256 key. */
  public static CertificateAuthority create(String name, Validity validity) {
    return create(name, validity, KeyType.P256);
  }

  /** A new root with a key of this kind. */
  public static CertificateAuthority create(String name, Validity validity, KeyType keyType) {
    KeyPair pair = keyType.generate();
    X500Name subject = subject(name);
    X509v3CertificateBuilder builder = builder(subject, validity, subject, pair.getPublic());
    try {
      addAuthorityExtensions(builder, pair.getPublic());
      return new CertificateAuthority(
          List.of(signed(builder, pair.getPublic(), pair.getPrivate())), pair.getPrivate());
    } catch (IOException e) {
      throw new IllegalStateException("extensions made here have an encoding", e);
    }
  }

  /**
   * An authority that was made before.
   *
   * @param chain its certificate, then those of the authorities above it
   */
  public static CertificateAuthority of(List<X509Certificate> chain, PrivateKey key) {
    return new CertificateAuthority(chain, key);
  }

  /** A new authority below this one. */
  public CertificateAuthority intermediate(String name, Validity validity) {
    KeyPair pair = KeyType.P256.generate();
    X509v3CertificateBuilder builder =
        builder(name(certificate()), validity, subject(name), pair.getPublic());
    try {
      addAuthorityExtensions(builder, pair.getPublic());
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          extensions().createAuthorityKeyIdentifier(certificate().getPublicKey()));
      X509Certificate made = signed(builder, certificate().getPublicKey(), key);
      return new CertificateAuthority(
          Stream.concat(Stream.of(made), chain.stream()).toList(), pair.getPrivate());
    } catch (IOException e) {
      throw new IllegalStateException("extensions made here have an encoding", e);
    }
  }

  /**
   * Makes a key and a certificate for it.
   *
   * @return the certificate, the intermediates between it and the root, and the key
   * @throws IllegalArgumentException if the request has no name, or names that no certificate can
   *     have
   */
  public Credentials issue(CertificateRequest request) {
    KeyPair pair = request.keyType().generate();
    try {
      return Credentials.of(certify(request, pair.getPublic()), pair.getPrivate());
    } catch (CredentialException e) {
      throw new IllegalArgumentException(e.getMessage() + ": " + e.hint(), e);
    }
  }

  /**
   * Makes a certificate for a key that another party has; the request's kind of key does not count.
   *
   * @return the certificate, and the intermediates between it and the root
   * @throws IllegalArgumentException if the request names what no certificate can have
   */
  public List<X509Certificate> certify(CertificateRequest request, PublicKey publicKey) {
    X509v3CertificateBuilder builder =
        builder(name(certificate()), request.validity(), subject(request), publicKey);
    try {
      addLeafExtensions(builder, request, publicKey);
      List<X509Certificate> issued = new ArrayList<>();
      issued.add(signed(builder, certificate().getPublicKey(), key));
      issued.addAll(chain.subList(0, chain.size() - 1));
      return issued;
    } catch (IOException e) {
      throw new IllegalStateException("extensions made here have an encoding", e);
    }
  }

  /**
   * A revocation list.
   *
   * @param revoked the certificates that are no longer good
   * @param at when they were revoked
   * @param validity when the list was made, and when the next one is due
   */
  public X509CRL revocationList(
      Collection<X509Certificate> revoked, Instant at, Validity validity) {
    Revocations revocations = Revocations.none();
    for (X509Certificate certificate : revoked) {
      revocations = revocations.and(certificate, at, RevocationReason.UNSPECIFIED);
    }
    return revocationList(revocations, validity);
  }

  /**
   * The list after the last one. Its number is greater than that one's, and not less than the time
   * in seconds: so it grows also where the last list was lost.
   *
   * @param validity when the list was made, and when the next one is due
   */
  public X509CRL revocationList(Revocations revocations, Validity validity) {
    JcaX509v2CRLBuilder builder =
        new JcaX509v2CRLBuilder(certificate(), Date.from(validity.from()));
    builder.setNextUpdate(Date.from(validity.until()));
    for (Revocations.Entry entry : revocations.entries()) {
      builder.addCRLEntry(entry.serial(), Date.from(entry.at()), entry.reason());
    }
    BigInteger number =
        revocations
            .number()
            .add(BigInteger.ONE)
            .max(BigInteger.valueOf(validity.from().getEpochSecond()));
    try {
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          extensions().createAuthorityKeyIdentifier(certificate().getPublicKey()));
      builder.addExtension(Extension.cRLNumber, false, new CRLNumber(number));
      byte[] der = builder.build(signer(certificate().getPublicKey(), key)).getEncoded();
      return (X509CRL)
          CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("a list made here has an encoding", e);
    }
  }

  /** Whether this authority issued the certificate. */
  public boolean hasIssued(X509Certificate certificate) {
    return !certificate.equals(certificate())
        && certificate.getIssuerX500Principal().equals(certificate().getSubjectX500Principal())
        && holds(() -> certificate.verify(certificate().getPublicKey()));
  }

  /** Whether this authority made the list. */
  public boolean hasIssued(X509CRL list) {
    return list.getIssuerX500Principal().equals(certificate().getSubjectX500Principal())
        && holds(() -> list.verify(certificate().getPublicKey()));
  }

  private interface Verification {

    void run() throws GeneralSecurityException;
  }

  private static boolean holds(Verification verification) {
    try {
      verification.run();
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** The authority's own certificate. */
  public X509Certificate certificate() {
    return chain.getFirst();
  }

  /** The certificate that peers trust to reach everything below: the topmost. */
  public X509Certificate root() {
    return chain.getLast();
  }

  /** The authority's key. */
  public PrivateKey privateKey() {
    return key;
  }

  private static void addAuthorityExtensions(X509v3CertificateBuilder builder, PublicKey publicKey)
      throws IOException {
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    builder.addExtension(
        Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    builder.addExtension(
        Extension.subjectKeyIdentifier, false, extensions().createSubjectKeyIdentifier(publicKey));
  }

  private void addLeafExtensions(
      X509v3CertificateBuilder builder, CertificateRequest request, PublicKey publicKey)
      throws IOException {
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    if (!request.purposes().isEmpty()) {
      KeyPurposeId[] purposes =
          request.purposes().stream().sorted().map(Purpose::id).toArray(KeyPurposeId[]::new);
      builder.addExtension(
          Extension.extendedKeyUsage,
          request.purposes().equals(Set.of(Purpose.TIME_STAMPING)),
          new ExtendedKeyUsage(purposes));
    }
    GeneralName[] names =
        Stream.of(
                request.names().uris().stream()
                    .map(uri -> new GeneralName(GeneralName.uniformResourceIdentifier, uri)),
                request.names().dnsNames().stream()
                    .map(dns -> new GeneralName(GeneralName.dNSName, dns)),
                request.names().addresses().stream()
                    .map(InetAddress::getAddress)
                    .map(DEROctetString::new)
                    .map(ip -> new GeneralName(GeneralName.iPAddress, ip)))
            .flatMap(Function.identity())
            .toArray(GeneralName[]::new);
    if (names.length > 0) {
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
    }
    builder.addExtension(
        Extension.subjectKeyIdentifier, false, extensions().createSubjectKeyIdentifier(publicKey));
    builder.addExtension(
        Extension.authorityKeyIdentifier,
        false,
        extensions().createAuthorityKeyIdentifier(certificate().getPublicKey()));
  }

  private static X509v3CertificateBuilder builder(
      X500Name issuer, Validity validity, X500Name subject, PublicKey key) {
    // The highest bit is set, so that every serial number has the same length.
    BigInteger serial = new BigInteger(SERIAL_BITS - 1, RANDOM).setBit(SERIAL_BITS - 1);
    return new JcaX509v3CertificateBuilder(
        issuer, serial, Date.from(validity.from()), Date.from(validity.until()), subject, key);
  }

  private static X509Certificate signed(
      X509v3CertificateBuilder builder, PublicKey issuerKey, PrivateKey key) throws IOException {
    byte[] der = builder.build(signer(issuerKey, key)).getEncoded();
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("the certificate could not be read back", e);
    }
  }

  private static ContentSigner signer(PublicKey issuerKey, PrivateKey key) {
    try {
      return new JcaContentSignerBuilder(KeyType.signatureAlgorithm(issuerKey)).build(key);
    } catch (OperatorCreationException e) {
      throw new IllegalArgumentException("the authority's key cannot sign", e);
    }
  }

  private static JcaX509ExtensionUtils extensions() {
    try {
      return new JcaX509ExtensionUtils();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has SHA-1 for key identifiers", e);
    }
  }

  private static X500Name name(X509Certificate certificate) {
    return X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
  }

  private static X500Name subject(String commonName) {
    return new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, commonName).build();
  }

  private static X500Name subject(CertificateRequest request) {
    X500NameBuilder builder = new X500NameBuilder(BCStyle.INSTANCE);
    request.subject().organizationalUnit().ifPresent(unit -> builder.addRDN(BCStyle.OU, unit));
    return builder.addRDN(BCStyle.CN, request.subject().commonName()).build();
  }
}
