package dev.peer.core.timestamp;

import dev.peer.core.pem.CredentialException;
import dev.peer.core.pem.KeyKind;
import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.Credentials;
import dev.peer.core.trust.UntrustedCertificateException;
import java.io.IOException;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.cmp.PKIFailureInfo;
import org.bouncycastle.asn1.cmp.PKIStatus;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.SignerInfoGenerator;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.DigestCalculator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampResponseGenerator;
import org.bouncycastle.tsp.TimeStampTokenGenerator;

/**
 * A time-stamping authority (RFC 3161, RFC 5816). It states its clock's time, to a second; it keeps
 * nothing, and numbers its tokens at random.
 */
public final class TimestampAuthority {

  /** The one policy, named by a UUID: that the time is the system clock's, and nothing more. */
  public static final String POLICY = "2.25.222435135578033193711643995210815555766";

  private static final Set<ASN1ObjectIdentifier> DIGESTS =
      Set.of(TSPAlgorithms.SHA256, TSPAlgorithms.SHA384, TSPAlgorithms.SHA512);
  private static final Set<ASN1ObjectIdentifier> POLICIES =
      Set.of(new ASN1ObjectIdentifier(POLICY));
  private static final int ACCURACY_SECONDS = 1;
  private static final int SERIAL_BITS = 127;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Credentials credentials;
  private final InstantSource clock;

  private TimestampAuthority(Credentials credentials, InstantSource clock) {
    this.credentials = credentials;
    this.clock = clock;
  }

  /**
   * An authority with this certificate.
   *
   * @param validator the validator that must accept it as an authority
   * @throws CredentialException if others would not count its timestamps
   */
  public static TimestampAuthority of(
      Credentials credentials, CertificateValidator validator, InstantSource clock)
      throws CredentialException {
    try {
      validator.validate(credentials.chain(), CertificateRole.TIMESTAMPER, clock.instant());
    } catch (UntrustedCertificateException e) {
      throw new CredentialException(
          "no peer would count these timestamps: " + e.getMessage(),
          "--tsa-cert must hold a certificate with the critical extended key usage timeStamping"
              + " alone, which PEER_TSA_CA (or else PEER_CA) vouches for, with the certificates"
              + " between them",
          e);
    }
    if (KeyKind.of(credentials.leaf().getPublicKey()).orElseThrow() == KeyKind.ED25519) {
      throw new CredentialException(
          "the key of --tsa-cert is Ed25519, with which not everybody can verify a timestamp",
          "use EC P-256, P-384 or P-521, or RSA");
    }
    return new TimestampAuthority(credentials, clock);
  }

  /**
   * Answers a query: with a token, or with a refusal that says why, both in DER.
   *
   * @param query at most some thousand bytes, whatever they are
   */
  public byte[] answer(byte[] query) {
    try {
      TimeStampResponseGenerator responses =
          new TimeStampResponseGenerator(tokens(), DIGESTS, POLICIES, Set.of());
      Instant now = clock.instant();
      if (now.isAfter(credentials.leaf().getNotAfter().toInstant())) {
        return refusal(responses, PKIFailureInfo.systemFailure, "the certificate has expired");
      }
      TimeStampRequest request;
      try {
        request = new TimeStampRequest(query);
      } catch (IOException | RuntimeException | StackOverflowError e) {
        return refusal(responses, PKIFailureInfo.badDataFormat, "not a time-stamp query");
      }
      return responses
          .generate(request, new BigInteger(SERIAL_BITS, RANDOM).setBit(0), Date.from(now))
          .getEncoded();
    } catch (TSPException | OperatorCreationException | CertificateEncodingException e) {
      throw new IllegalStateException("a key that has signed before signs again", e);
    } catch (IOException e) {
      throw new IllegalStateException("an answer made here has an encoding", e);
    }
  }

  private static byte[] refusal(TimeStampResponseGenerator responses, int failure, String why)
      throws TSPException, IOException {
    return responses.generateFailResponse(PKIStatus.REJECTION, failure, why).getEncoded();
  }

  /** A new one for each answer: they are not made for several threads. */
  private TimeStampTokenGenerator tokens()
      throws OperatorCreationException, CertificateEncodingException, TSPException {
    SignerInfoGenerator signer =
        new JcaSimpleSignerInfoGeneratorBuilder()
            .build(
                KeyKind.of(credentials.leaf().getPublicKey())
                    .orElseThrow()
                    .signature()
                    .getAlgorithm(),
                credentials.privateKey(),
                credentials.leaf());
    DigestCalculator certificateDigest =
        new JcaDigestCalculatorProviderBuilder()
            .build()
            .get(new AlgorithmIdentifier(TSPAlgorithms.SHA256));
    TimeStampTokenGenerator tokens =
        new TimeStampTokenGenerator(signer, certificateDigest, new ASN1ObjectIdentifier(POLICY));
    tokens.setAccuracySeconds(ACCURACY_SECONDS);
    tokens.addCertificates(new JcaCertStore(credentials.chain()));
    return tokens;
  }
}
