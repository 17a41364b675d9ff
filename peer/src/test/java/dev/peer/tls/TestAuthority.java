package dev.peer.tls;

import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.Credentials;
import dev.peer.core.trust.RevocationLists;
import dev.peer.core.trust.TrustAnchors;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority that lives as long as a test. */
public final class TestAuthority {

  private final AtomicLong serial = new AtomicLong(2);
  private final X500Principal name;
  private final KeyPair keys;
  private final X509Certificate certificate;

  /** An authority with a new key. */
  public TestAuthority(String commonName) {
    try {
      name = new X500Principal("CN=" + commonName);
      keys = keyPair("EC");
      X509v3CertificateBuilder builder = builder(1, name, keys, Duration.ofDays(2));
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      certificate = sign(builder);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** Certificate and key of a peer, for a day. */
  public Credentials issue(String uri) {
    return issue(uri, "EC", KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth);
  }

  /** Certificate and key of this algorithm, good for these purposes only. */
  public Credentials issue(String uri, String algorithm, KeyPurposeId... purposes) {
    try {
      KeyPair pair = keyPair(algorithm);
      X509v3CertificateBuilder builder =
          builder(serial.getAndIncrement(), new X500Principal("CN=test"), pair, Duration.ofDays(1));
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri)));
      builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
      return Credentials.of(List.of(sign(builder)), pair.getPrivate());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** A peer that trusts this authority. */
  public TlsIdentity peer(String uri) {
    return peer(issue(uri), InstantSource.system());
  }

  /** A peer that trusts this authority, whoever issued its own certificate. */
  public TlsIdentity peer(Credentials credentials, InstantSource clock) {
    return new TlsIdentity(
        credentials,
        new CertificateValidator(TrustAnchors.of(List.of(certificate)), RevocationLists.none()),
        clock);
  }

  private X509Certificate sign(X509v3CertificateBuilder builder) throws Exception {
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
  }

  private X509v3CertificateBuilder builder(
      long number, X500Principal subject, KeyPair subjectKeys, Duration validity) {
    Instant now = Instant.now();
    return new JcaX509v3CertificateBuilder(
        name,
        BigInteger.valueOf(number),
        Date.from(now.minusSeconds(60)),
        Date.from(now.plus(validity)),
        subject,
        subjectKeys.getPublic());
  }

  private static KeyPair keyPair(String algorithm) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    if (algorithm.equals("EC")) {
      generator.initialize(new ECGenParameterSpec("secp256r1"));
    }
    return generator.generateKeyPair();
  }
}
