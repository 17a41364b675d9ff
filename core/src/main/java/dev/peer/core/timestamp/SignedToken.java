package dev.peer.core.timestamp;

import dev.peer.core.id.Digest;
import dev.peer.core.id.Printable;
import dev.peer.core.trust.SignatureAlgorithms;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.SignedData;
import org.bouncycastle.asn1.cms.SignerInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampToken;

/**
 * A token taken apart.
 *
 * <p>Apart from {@link TimestampVerifier}, so that only a user of a token waits for BouncyCastle to
 * load.
 */
final class SignedToken {

  private static final int MOST_CERTIFICATES = 16;
  private static final Set<String> STRONG_DIGESTS =
      Set.of(
          TSPAlgorithms.SHA256.getId(), TSPAlgorithms.SHA384.getId(), TSPAlgorithms.SHA512.getId());

  private final TimeStampToken token;
  private final List<X509Certificate> chain;

  private SignedToken(TimeStampToken token, List<X509Certificate> chain) {
    this.token = token;
    this.chain = chain;
  }

  /** Reads a token in DER, whole; verifies nothing. */
  static SignedToken read(TimestampToken bytes) throws TimestampException {
    byte[] der = bytes.der();
    try {
      if (!Arrays.equals(ASN1Primitive.fromByteArray(der).getEncoded("DER"), der)) {
        throw new TimestampException("it is not in DER");
      }
      TimeStampToken token = new TimeStampToken(new CMSSignedData(der));
      requireForm(token.toCMSSignedData());
      return new SignedToken(token, chain(token));
    } catch (IOException | TSPException | CMSException | CertificateException e) {
      throw malformed(e);
    } catch (RuntimeException | StackOverflowError e) {
      // BouncyCastle throws these at nonsense and at deep nesting.
      throw malformed(e);
    }
  }

  /** The certificate of the signer, then the others, as the token has them. */
  List<X509Certificate> chain() {
    return chain;
  }

  Instant time() {
    return token.getTimeStampInfo().getGenTime().toInstant();
  }

  /** Refuses a token that does not have the SHA-256 of these bytes. */
  void requireOver(byte[] stamped) throws TimestampException {
    String algorithm = token.getTimeStampInfo().getMessageImprintAlgOID().getId();
    String hash = HexFormat.of().formatHex(token.getTimeStampInfo().getMessageImprintDigest());
    if (!algorithm.equals(TSPAlgorithms.SHA256.getId()) || !hash.equals(Digest.of(stamped).hex())) {
      throw new TimestampException("it is over something else");
    }
  }

  /**
   * Refuses a token whose signature does not hold for the first certificate of the chain, is too
   * weak, or does not name that certificate (RFC 5816).
   */
  void requireSigned() throws TimestampException {
    SignerInformation signer = token.toCMSSignedData().getSignerInfos().iterator().next();
    if (!STRONG_DIGESTS.contains(signer.getDigestAlgOID())
        || !(signer.getEncryptionAlgOID().equals(PKCSObjectIdentifiers.rsaEncryption.getId())
            || SignatureAlgorithms.isAccepted(
                signer.getEncryptionAlgOID(), signer.getEncryptionAlgParams()))) {
      throw new TimestampException("it is signed in a way that is too weak or not known");
    }
    try {
      token.validate(new JcaSimpleSignerInfoVerifierBuilder().build(chain.getFirst()));
    } catch (TSPException | OperatorCreationException | RuntimeException e) {
      throw new TimestampException(
          "its signature does not hold: " + Printable.plain(String.valueOf(e.getMessage())), e);
    }
  }

  /** Also fixes the values that no signature covers and BouncyCastle ignores. */
  private static void requireForm(CMSSignedData token) throws TimestampException {
    SignedData signed = SignedData.getInstance(token.toASN1Structure().getContent());
    SignerInfo signer = token.getSignerInfos().iterator().next().toASN1Structure();
    boolean byKeyId = signer.getSID().getId() instanceof ASN1OctetString;
    if (!token.toASN1Structure().getContentType().equals(CMSObjectIdentifiers.signedData)
        || !signed.getVersion().hasValue(3)
        || !signer.getVersion().hasValue(byKeyId ? 3 : 1)
        || !signed.getDigestAlgorithms().equals(new DERSet(signer.getDigestAlgorithm()))) {
      throw new TimestampException("it is not of the form of a time-stamp token");
    }
  }

  private static List<X509Certificate> chain(TimeStampToken token)
      throws CertificateException, IOException, TimestampException {
    Collection<X509CertificateHolder> all = token.getCertificates().getMatches(null);
    @SuppressWarnings("unchecked")
    Collection<X509CertificateHolder> signers = token.getCertificates().getMatches(token.getSID());
    if (signers.size() != 1 || all.size() > MOST_CERTIFICATES) {
      throw new TimestampException(
          "its signer's certificate and at most " + (MOST_CERTIFICATES - 1) + " more are expected");
    }
    List<X509Certificate> chain = new ArrayList<>();
    chain.add(parsed(signers.iterator().next()));
    for (X509CertificateHolder each : all) {
      X509Certificate certificate = parsed(each);
      if (!chain.contains(certificate)) {
        chain.add(certificate);
      }
    }
    return List.copyOf(chain);
  }

  private static X509Certificate parsed(X509CertificateHolder holder)
      throws CertificateException, IOException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(holder.getEncoded()));
  }

  private static TimestampException malformed(Throwable e) {
    return new TimestampException("it is not a time-stamp token", e);
  }
}
