package dev.peer.core.sign;

import static dev.peer.core.sign.VerificationException.require;

import dev.peer.core.access.AccessRule;
import dev.peer.core.access.SignRules;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.Printable;
import dev.peer.core.id.RunKey;
import dev.peer.core.key.RunInputs;
import dev.peer.core.record.IncomingBundle;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.RunFiles;
import dev.peer.core.record.RunRecord;
import dev.peer.core.record.WrittenBundle;
import dev.peer.core.timestamp.Timestamp;
import dev.peer.core.timestamp.TimestampToken;
import dev.peer.core.timestamp.TimestampVerifier;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.Identity;
import dev.peer.core.trust.RevocationLists;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;

/**
 * Turns evidence from outside into evidence that holds, or says why it does not.
 *
 * <p>The order matters: first the signer and whether it may sign anything, then the signature, and
 * only then the content and whether the signer may sign that. Nothing of a stranger is parsed
 * beyond its envelope.
 */
public final class RecordVerifier {

  /** How far the clocks of two peers may differ. */
  public static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

  private final SignerCheck signerCheck;
  private final SignRules signers;
  private final InstantSource clock;

  /**
   * Creates a verifier with these rules. The validator of certificates also decides whose
   * timestamps count.
   *
   * @param validator judges certificates
   * @param signers the rules for signing ({@link dev.peer.core.access.Verb#SIGN})
   * @param clock supplies the current time
   */
  public RecordVerifier(CertificateValidator validator, AccessRule signers, InstantSource clock) {
    this(validator, SignRules.everywhere(signers), clock);
  }

  /** Creates a verifier with rules for repositories and targets. */
  public RecordVerifier(CertificateValidator validator, SignRules signers, InstantSource clock) {
    this(validator, validator, signers, clock);
  }

  /**
   * Creates a verifier with separate authorities for timestamps.
   *
   * @param timestampers whose timestamps count
   */
  public RecordVerifier(
      CertificateValidator validator,
      CertificateValidator timestampers,
      SignRules signers,
      InstantSource clock) {
    this.signerCheck = new SignerCheck(validator, new TimestampVerifier(timestampers, CLOCK_SKEW));
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
    return verify(untrusted, expected, KeptLists.NONE);
  }

  /**
   * Verifies an attestation that servers led to: {@link SignRules} decide when an attestation that
   * a server signed itself counts.
   *
   * @param servers the rendezvous and relays that led to it
   */
  public VerifiedAttestation verify(Attestation untrusted, RunKey expected, Set<PeerId> servers)
      throws VerificationException {
    VerifiedAttestation verified = verify(untrusted, expected);
    RunInputs inputs = verified.record().inputs();
    require(
        signers.admits(verified.signer(), inputs.repo(), inputs.targets(), servers),
        verified.signer().id()
            + " may not sign results that it led to as a rendezvous or relay, because no rule names"
            + " it (the rule: "
            + signers
            + ")");
    return verified;
  }

  /**
   * Verifies an attestation, and also consults revocation lists that were kept earlier.
   *
   * <p>The signer's certificate must be good now. Otherwise it must have been good at the time of a
   * valid timestamp, and nothing known since may put its key in doubt. A timestamp that is wrong in
   * itself (malformed, over something else, with a bad signature, of a time before the run or the
   * certificate) fails the verification. One of an authority that does not count here is ignored:
   * anyone who passed the result on could have removed it.
   */
  public VerifiedAttestation verify(Attestation untrusted, RunKey expected, KeptLists kept)
      throws VerificationException {
    VerifiedAttestation verified = verifyAnyRun(untrusted, kept);
    require(
        verified.key().equals(expected),
        "it is about the run " + verified.key() + ", not " + expected);
    return verified;
  }

  /**
   * Verifies an attestation of any run whose key matches the inputs it names. That is enough to
   * show what was attested; it is not enough to replay it for a requested run.
   *
   * @param untrusted the envelope as it was received
   * @param kept revocation lists of before
   * @throws VerificationException if anything about it does not hold
   */
  public VerifiedAttestation verifyAnyRun(Attestation untrusted, KeptLists kept)
      throws VerificationException {
    try {
      return verify(untrusted, Envelope.read(untrusted), kept.read());
    } catch (MalformedException e) {
      throw new VerificationException(e.getMessage(), e);
    }
  }

  /**
   * Puts a timestamp beside the signature, in place of any that is there.
   *
   * @throws VerificationException if it does not hold, does not count here, or has no room
   */
  public VerifiedAttestation stamp(VerifiedAttestation attestation, TimestampToken token)
      throws VerificationException {
    Envelope stamped = attestation.parts().with(token);
    SignerCheck.Stamp stamp = signerCheck.stamp(stamped, clock.instant(), RevocationLists.none());
    if (stamp.holding().isEmpty()) {
      throw new VerificationException(stamp.whyNot());
    }
    try {
      return verify(stamped.write(), attestation.key());
    } catch (IllegalArgumentException e) {
      throw new VerificationException(e.getMessage(), e);
    }
  }

  private VerifiedAttestation verify(Attestation untrusted, Envelope envelope, RevocationLists kept)
      throws VerificationException, MalformedException {
    Instant now = clock.instant();
    SignerCheck.Stamp stamp = signerCheck.stamp(envelope, now, kept);
    SignerCheck.Judgement judgement = signerCheck.judge(envelope, stamp, now, kept);
    Identity signer = judgement.path().identity();
    require(signers.admitsSomewhere(signer), mayNotSign(signer, ""));
    Signatures.require(envelope);
    Statement statement = Statement.read(envelope.payload());
    requireMaySign(signer, statement.record().inputs());
    requireFitting(statement, envelope.chain().getFirst(), now);
    if (stamp.holding().isPresent()) {
      requireFitting(statement, envelope.chain().getFirst(), stamp.holding().get());
    }
    return new VerifiedAttestation(
        untrusted, envelope, judgement.path(), statement, judgement.evidence(), judgement.lists());
  }

  /**
   * Verifies the bundle that belongs to an attestation, by unpacking it.
   *
   * @param bundleFile the bundle, a file that is here
   * @param unpackInto an empty directory
   * @throws VerificationException if a byte of it is not as signed
   * @throws IOException if a file could not be read or written here
   */
  public VerifiedRecord verify(VerifiedAttestation attestation, Path bundleFile, Path unpackInto)
      throws VerificationException, IOException {
    try {
      RunFiles files =
          IncomingBundle.unpack(bundleFile, attestation.bundle(), attestation.record(), unpackInto);
      return new VerifiedRecord(attestation, bundleFile, files);
    } catch (MalformedException e) {
      throw new VerificationException(e.getMessage(), e);
    }
  }

  /**
   * Verifies that an attestation is of a bundle that was written here, whose bytes were checked as
   * they were written.
   *
   * @throws VerificationException if it is of other bytes or of another record
   */
  public VerifiedRecord verify(VerifiedAttestation attestation, WrittenBundle written)
      throws VerificationException {
    require(
        attestation.bundle().equals(written.content()), "it is of another bundle than was written");
    require(
        attestation.record().equals(written.record()), "it is of another record than was written");
    return new VerifiedRecord(attestation, written.file(), written.files());
  }

  /**
   * Verifies the bundle that belongs to an attestation while it comes from outside.
   *
   * @param bundleFile does not exist; receives the bundle as it comes
   * @param unpackInto an empty directory
   * @throws VerificationException if what is signed is more than is taken
   * @throws IOException if the disk has no room for it
   */
  public IncomingRecord receive(VerifiedAttestation attestation, Path bundleFile, Path unpackInto)
      throws VerificationException, IOException {
    try {
      return new IncomingRecord(
          attestation,
          bundleFile,
          IncomingBundle.of(attestation.bundle(), attestation.record(), bundleFile, unpackInto));
    } catch (MalformedException e) {
      throw new VerificationException(e.getMessage(), e);
    }
  }

  /** The rule is checked for what the signer says it ran, now that the signature holds. */
  private void requireMaySign(Identity signer, RunInputs inputs) throws VerificationException {
    require(
        signers.admits(signer, inputs.repo(), inputs.targets()),
        mayNotSign(
            signer,
            " "
                + Printable.of(String.join(" ", inputs.targets()))
                + " of "
                + inputs.repo().text()));
  }

  private String mayNotSign(Identity signer, String run) {
    return signer.id() + " may not sign" + run + " (the rule: " + signers + ")";
  }

  private static void requireFitting(Statement statement, X509Certificate certificate, Instant now)
      throws VerificationException {
    require(
        statement.signerCertificate().equals(Envelope.digestOf(certificate)),
        "it was signed for another certificate of the same key");
    Instant finished = statement.record().finishedAt();
    require(
        statement.record().took().abs().compareTo(RunRecord.LONGEST) <= 0,
        "the run took longer than any does: it started at " + statement.record().startedAt());
    require(
        !finished.isAfter(now.plus(CLOCK_SKEW)),
        "the run ended at " + finished + ", which is yet to come: check the clocks");
    require(
        !finished.plus(CLOCK_SKEW).isBefore(certificate.getNotBefore().toInstant()),
        "the run ended at " + finished + ", before the signer's certificate was valid");
  }

  /** A signature cannot be stamped before it exists: a clock is wrong, or a party lies. */
  private static void requireFitting(
      Statement statement, X509Certificate certificate, Timestamp timestamp)
      throws VerificationException {
    Instant latest = timestamp.time().plus(CLOCK_SKEW);
    require(
        !latest.isBefore(statement.record().finishedAt()),
        "its timestamp is of " + timestamp.time() + ", before the run ended");
    require(
        !latest.isBefore(certificate.getNotBefore().toInstant()),
        "its timestamp is of " + timestamp.time() + ", before the signer's certificate was valid");
  }
}
