package dev.peer.core.trust;

import static dev.peer.core.trust.CertificateMaker.NOW;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes revocation lists for tests, current for 40 days unless asked otherwise. */
public final class Lists {

  private final Made issuer;
  private final JcaX509v2CRLBuilder builder;

  private Lists(Made issuer) {
    this.issuer = issuer;
    builder =
        new JcaX509v2CRLBuilder(issuer.certificate(), Date.from(NOW.minus(Duration.ofDays(1))));
    until(NOW.plus(Duration.ofDays(40)));
  }

  /** A list of this authority, without an entry yet. */
  public static Lists by(Made issuer) {
    return new Lists(issuer);
  }

  /** When the next list is due. */
  public Lists until(Instant nextUpdate) {
    builder.setNextUpdate(Date.from(nextUpdate));
    return this;
  }

  /** With an entry of this reason: BouncyCastle's number for it. */
  public Lists revoked(Made made, Instant at, int reason) {
    builder.addCRLEntry(made.certificate().getSerialNumber(), Date.from(at), reason);
    return this;
  }

  /** With an entry that also says since when the key is in doubt. */
  public Lists revoked(Made made, Instant at, int reason, Instant invalidSince) {
    builder.addCRLEntry(
        made.certificate().getSerialNumber(), Date.from(at), reason, Date.from(invalidSince));
    return this;
  }

  public X509CRL make() {
    try {
      builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.ONE));
      byte[] der =
          builder
              .build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(issuer.keys().getPrivate()))
              .getEncoded();
      return (X509CRL)
          CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
