package dev.peer.core.sign;

import dev.peer.core.id.RunKey;
import dev.peer.core.record.BundleReader;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.RunFiles;
import dev.peer.core.trust.AccessRule;
import dev.peer.core.trust.CertificatePath;
import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.Identity;
import dev.peer.core.trust.KeyKind;
import dev.peer.core.trust.UntrustedCertificateException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Turns evidence from outside into evidence that holds, or says why it does not.
 *
 * <p>The order matters: first who signed and whether they may, then whether they did, and only then
 * what they say. Nothing that a stranger wrote is parsed beyond its envelope.
 */
public final class RecordVerifier {

  /** How far the clocks of two peers may differ. */
  public static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

  private final CertificateValidator validator;
  private final AccessRule signers;
  private final InstantSource clock;

  /**
   * A verifier that takes what these may sign.
   *
   * @param validator who is who
   * @param signers who may sign ({@link dev.peer.core.trust.Verb#SIGN})
   * @param clock what time it is
   */
  public RecordVerifier(CertificateValidator validator, AccessRule signers, InstantSource clock) {
    this.validator = validator;
    this.signers = signers;
    this.clock = clock;
  }

  /**
   * Verifies an attestation.
   *
   * @param untrusted the envelope as it was received
   * @param expected the run that was asked for
   * @throws VerificationException if anything about it does not hold
   */
  public VerifiedAttestation verify(Attestation untrusted, RunKey expected)
      throws VerificationException {
    VerifiedAttestation verified = verifyAnyRun(untrusted);
    require(
        verified.key().equals(expected),
        "it is about the run " + verified.key() + ", not " + expected);
    return verified;
  }

  /**
   * Verifies an attestation of whatever run it is about, whose key is that of the inputs it names.
   * That is enough to tell what was attested, and not to stand for a run that was asked for.
   *
   * @param untrusted the envelope as it was received
   * @throws VerificationException if anything about it does not hold
   */
  public VerifiedAttestation verifyAnyRun(Attestation untrusted) throws VerificationException {
    Instant now = clock.instant();
    try {
      Envelope envelope = Envelope.read(untrusted);
      CertificatePath path = validator.validatePath(envelope.chain(), CertificateRole.SIGNER, now);
      requireMaySign(path.identity());
      requireSigned(envelope);
      Statement statement = Statement.read(envelope.payload());
      requireFitting(statement, envelope.chain().getFirst(), now);
      return new VerifiedAttestation(untrusted, path, statement);
    } catch (MalformedException e) {
      throw new VerificationException(e.getMessage(), e);
    } catch (UntrustedCertificateException e) {
      throw new VerificationException("the signer is not trusted: " + e.getMessage(), e);
    }
  }

  /**
   * Verifies the bundle that belongs to an attestation, by unpacking it.
   *
   * @param bundleFile the bundle as it was received
   * @param unpackInto an empty directory
   * @throws VerificationException if a byte of it is not as signed
   * @throws IOException if a file could not be read or written here
   */
  public VerifiedRecord verify(VerifiedAttestation attestation, Path bundleFile, Path unpackInto)
      throws VerificationException, IOException {
    try {
      RunFiles files =
          BundleReader.unpack(bundleFile, attestation.bundle(), attestation.record(), unpackInto);
      return new VerifiedRecord(attestation, bundleFile, files);
    } catch (MalformedException e) {
      throw new VerificationException(e.getMessage(), e);
    }
  }

  private void requireMaySign(Identity signer) throws VerificationException {
    require(signers.admits(signer), signer.id() + " may not sign (the rule: " + signers + ")");
  }

  private static void requireSigned(Envelope envelope) throws VerificationException {
    X509Certificate certificate = envelope.chain().getFirst();
    boolean holds;
    try {
      Signature computation = KeyKind.of(certificate.getPublicKey()).orElseThrow().signature();
      computation.initVerify(certificate.getPublicKey());
      computation.update(PreAuthEncoding.of(Envelope.PAYLOAD_TYPE, envelope.payload()));
      holds = computation.verify(envelope.signature());
    } catch (GeneralSecurityException e) {
      throw new VerificationException("the signature is malformed", e);
    }
    require(holds, "the signature does not hold");
  }

  private static void requireFitting(Statement statement, X509Certificate certificate, Instant now)
      throws VerificationException {
    require(
        statement.signerCertificate().equals(Envelope.digestOf(certificate)),
        "it was signed for another certificate of the same key");
    Instant finished = statement.record().finishedAt();
    require(
        !finished.isAfter(now.plus(CLOCK_SKEW)),
        "the run ended at " + finished + ", which is yet to come: check the clocks");
    require(
        !finished.plus(CLOCK_SKEW).isBefore(certificate.getNotBefore().toInstant()),
        "the run ended at " + finished + ", before the signer's certificate was valid");
  }

  private static void require(boolean holds, String otherwise) throws VerificationException {
    if (!holds) {
      throw new VerificationException(otherwise);
    }
  }
}
