package dev.peer.core.sign;

import static dev.peer.core.trust.CertificateRole.SIGNER;

import dev.peer.core.timestamp.Timestamp;
import dev.peer.core.timestamp.TimestampException;
import dev.peer.core.timestamp.TimestampVerifier;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.RevocationLists;
import dev.peer.core.trust.UntrustedCertificateException;
import dev.peer.core.trust.ValidPath;
import java.security.cert.X509CRL;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.stream.Stream;

/**
 * Decides whether a signer's certificate holds: now, or at the time of a timestamp.
 *
 * @param validator judges certificates
 * @param timestamps judges timestamps
 */
record SignerCheck(CertificateValidator validator, TimestampVerifier timestamps) {

  /** A timestamp that counts, or why there is none. */
  record Stamp(Optional<Timestamp> holding, String whyNot) {}

  /** The signer, and the evidence that makes its signature hold. */
  record Judgement(ValidPath path, Evidence evidence, List<X509CRL> lists) {}

  /** Judges the timestamp beside a signature. */
  Stamp stamp(Envelope envelope, Instant now, RevocationLists kept) throws VerificationException {
    if (envelope.timestamp().isEmpty()) {
      return new Stamp(Optional.empty(), "");
    }
    try {
      return new Stamp(
          Optional.of(
              timestamps.verify(envelope.timestamp().get(), envelope.signature(), now, kept)),
          "");
    } catch (TimestampException e) {
      throw new VerificationException("its timestamp does not hold: " + e.getMessage(), e);
    } catch (UntrustedCertificateException e) {
      return new Stamp(
          Optional.empty(),
          "its timestamp does not count, the authority is not trusted: " + e.getMessage());
    }
  }

  /**
   * Judges the signer.
   *
   * @param kept revocation lists of before
   */
  Judgement judge(Envelope envelope, Stamp stamp, Instant now, RevocationLists kept)
      throws VerificationException {
    List<Judgement> good = new ArrayList<>();
    StringJoiner refusals = new StringJoiner("; ");
    try {
      ValidPath path = validator.validate(envelope.chain(), SIGNER, now, now, kept);
      good.add(new Judgement(path, new Evidence(path.until(), Optional.empty()), path.lists()));
    } catch (UntrustedCertificateException e) {
      refusals.add("the signer is not trusted: " + e.getMessage());
    }
    if (stamp.holding().isPresent()) {
      Timestamp timestamp = stamp.holding().get();
      try {
        ValidPath path = validator.validate(envelope.chain(), SIGNER, timestamp.time(), now, kept);
        good.add(
            new Judgement(
                path,
                new Evidence(timestamp.until(), stamp.holding()),
                Stream.concat(path.lists().stream(), timestamp.lists().stream()).toList()));
      } catch (UntrustedCertificateException e) {
        refusals.add(
            "nor at " + timestamp.time() + ", the time of its timestamp: " + e.getMessage());
      }
    } else if (!stamp.whyNot().isEmpty()) {
      refusals.add(stamp.whyNot());
    }
    return good.stream()
        .max(Comparator.comparing(judgement -> judgement.evidence().until()))
        .orElseThrow(() -> new VerificationException(refusals.toString()));
  }
}
