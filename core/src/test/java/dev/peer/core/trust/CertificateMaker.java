package dev.peer.core.trust;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v1CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes certificates for tests, right by default and wrong in whatever way is asked for. */
public final class CertificateMaker {

  /** The time at which tests validate; what is made is good for ten days around it. */
  public static final Instant NOW = Instant.parse("2030-06-15T12:00:00Z");

  private static final SecureRandom RANDOM = new SecureRandom();

  private final X500Name subject;
  private final Made issuer;
  private final Map<ASN1ObjectIdentifier, Extension> extensions = new LinkedHashMap<>();
  private KeyPair keys;
  private BigInteger serial = new BigInteger(120, RANDOM).setBit(120);
  private Instant from = NOW.minus(Duration.ofDays(10));
  private Instant until = NOW.plus(Duration.ofDays(10));
  private String algorithm;

  private CertificateMaker(X500Name subject, Made issuer) {
    this.subject = subject;
    this.issuer = issuer;
  }

  /** A self-signed authority. */
  public static CertificateMaker root(String commonName) {
    return authority(commonName, null);
  }

  /** An authority below another. */
  public static CertificateMaker authority(String commonName, Made issuer) {
    return new CertificateMaker(new X500Name("CN=" + commonName), issuer)
        .extension(Extension.basicConstraints, true, new BasicConstraints(true))
        .extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
  }

  /** A certificate for a peer: for clients and servers, without alternative names. */
  public static CertificateMaker leaf(String commonName, Made issuer) {
    return new CertificateMaker(new X500Name("CN=" + commonName), issuer)
        .extension(Extension.basicConstraints, true, new BasicConstraints(false))
        .extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
        .purposes(KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth);
  }

  /** A certificate for a time-stamping authority. */
  public static CertificateMaker timestamper(String commonName, Made issuer) {
    return leaf(commonName, issuer)
        .extension(
            Extension.extendedKeyUsage,
            true,
            new ExtendedKeyUsage(KeyPurposeId.id_kp_timeStamping));
  }

  /** A certificate with this subject and no extension at all. */
  public static CertificateMaker plain(String subject, Made issuer) {
    return new CertificateMaker(new X500Name(subject), issuer);
  }

  /** As {@link #plain(String, Made)}. */
  public static CertificateMaker plain(X500Name subject, Made issuer) {
    return new CertificateMaker(subject, issuer);
  }

  /** A key pair: a curve's name, {@code Ed25519}, or {@code RSA} and its size. */
  public static KeyPair keys(String kind) {
    try {
      if (kind.startsWith("RSA")) {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(Integer.parseInt(kind.substring(3)));
        return generator.generateKeyPair();
      }
      if (kind.startsWith("secp")) {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(kind));
        return generator.generateKeyPair();
      }
      return KeyPairGenerator.getInstance(kind).generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(kind, e);
    }
  }

  public CertificateMaker keys(KeyPair pair) {
    this.keys = pair;
    return this;
  }

  public CertificateMaker serial(BigInteger number) {
    this.serial = number;
    return this;
  }

  public CertificateMaker from(Instant instant) {
    this.from = instant;
    return this;
  }

  public CertificateMaker until(Instant instant) {
    this.until = instant;
    return this;
  }

  /** Signed in this way, by the JDK's name for it. */
  public CertificateMaker algorithm(String name) {
    this.algorithm = name;
    return this;
  }

  /** Adds an extension, or puts it in another one's place. */
  public CertificateMaker extension(
      ASN1ObjectIdentifier oid, boolean critical, ASN1Encodable value) {
    try {
      extensions.put(oid, new Extension(oid, critical, value.toASN1Primitive().getEncoded("DER")));
      return this;
    } catch (IOException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Adds an extension whose value is these bytes, whatever they are. */
  public CertificateMaker extension(ASN1ObjectIdentifier oid, boolean critical, byte[] value) {
    extensions.put(oid, new Extension(oid, critical, value));
    return this;
  }

  public CertificateMaker without(ASN1ObjectIdentifier oid) {
    extensions.remove(oid);
    return this;
  }

  public CertificateMaker purposes(KeyPurposeId... purposes) {
    return extension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
  }

  public CertificateMaker usage(int usage) {
    return extension(Extension.keyUsage, true, new KeyUsage(usage));
  }

  /** Subject alternative names, each {@code TAG:VALUE} by the tag of its kind. */
  public CertificateMaker names(String... names) {
    return extension(Extension.subjectAlternativeName, false, generalNames(names));
  }

  public CertificateMaker permitted(String... names) {
    return extension(Extension.nameConstraints, true, new NameConstraints(subtrees(names), null));
  }

  public CertificateMaker excluded(String... names) {
    return extension(Extension.nameConstraints, true, new NameConstraints(null, subtrees(names)));
  }

  public Made make() {
    if (keys == null) {
      keys = keys("secp256r1");
    }
    try {
      byte[] der = builder().build(signer()).getEncoded();
      return new Made(parse(der), keys);
    } catch (IOException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** As {@link #make}, in the form of version 1, which has no extensions. */
  public Made makeVersion1() {
    if (keys == null) {
      keys = keys("secp256r1");
    }
    try {
      byte[] der =
          new JcaX509v1CertificateBuilder(
                  issuerName(),
                  serial,
                  Date.from(from),
                  Date.from(until),
                  subject,
                  keys.getPublic())
              .build(signer())
              .getEncoded();
      return new Made(parse(der), keys);
    } catch (IOException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** The certificate that these bytes are. */
  public static X509Certificate parse(byte[] der) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private X509v3CertificateBuilder builder() throws IOException {
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            issuerName(), serial, Date.from(from), Date.from(until), subject, keys.getPublic());
    for (Extension extension : extensions.values()) {
      builder.addExtension(extension);
    }
    return builder;
  }

  private X500Name issuerName() {
    return issuer == null
        ? subject
        : X500Name.getInstance(issuer.certificate().getSubjectX500Principal().getEncoded());
  }

  private ContentSigner signer() {
    PrivateKey key = (issuer == null ? keys : issuer.keys()).getPrivate();
    String name = algorithm == null ? algorithmOf(key) : algorithm;
    try {
      JcaContentSignerBuilder builder = new JcaContentSignerBuilder(name);
      if (name.endsWith("MGF1")) {
        // The JDK has no names for these.
        builder.setProvider(new BouncyCastleProvider());
      }
      return builder.build(key);
    } catch (OperatorCreationException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static String algorithmOf(PrivateKey key) {
    return switch (key.getAlgorithm()) {
      case "EC" ->
          ((ECKey) key).getParams().getOrder().bitLength() > 256
              ? "SHA384withECDSA"
              : "SHA256withECDSA";
      case "RSA" -> "SHA256withRSA";
      case "DSA" -> "SHA256withDSA";
      default -> "Ed25519";
    };
  }

  private static GeneralSubtree[] subtrees(String... names) {
    GeneralName[] bases = generalNames(names).getNames();
    GeneralSubtree[] subtrees = new GeneralSubtree[bases.length];
    for (int i = 0; i < bases.length; i++) {
      subtrees[i] = new GeneralSubtree(bases[i]);
    }
    return subtrees;
  }

  private static GeneralNames generalNames(String... names) {
    GeneralName[] all = new GeneralName[names.length];
    for (int i = 0; i < names.length; i++) {
      int colon = names[i].indexOf(':');
      int tag =
          switch (names[i].substring(0, colon)) {
            case "uri" -> GeneralName.uniformResourceIdentifier;
            case "dns" -> GeneralName.dNSName;
            case "mail" -> GeneralName.rfc822Name;
            case "dn" -> GeneralName.directoryName;
            case "ip" -> GeneralName.iPAddress;
            case "id" -> GeneralName.registeredID;
            default -> throw new IllegalArgumentException(names[i]);
          };
      all[i] = new GeneralName(tag, names[i].substring(colon + 1));
    }
    return new GeneralNames(all);
  }
}
