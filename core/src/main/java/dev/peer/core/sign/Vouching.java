package dev.peer.core.sign;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.Digest;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import dev.peer.core.trust.Credentials;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/**
 * When a statement was signed, and with which certificate, as the statement has it.
 *
 * @param at to the second
 * @param certificate the digest of the signer's certificate
 */
record Vouching(Instant at, Digest certificate) {

  /** With these credentials, now. */
  static Vouching of(Credentials credentials, InstantSource clock) {
    return new Vouching(
        clock.instant().truncatedTo(ChronoUnit.SECONDS), Envelope.digestOf(credentials.leaf()));
  }

  /** Adds its fields to a predicate. */
  void write(ObjectNode predicate) {
    predicate.put("signedAt", at.toString());
    predicate.put("signerCertSha256", certificate.hex());
  }

  /** Reads its fields of a predicate. */
  static Vouching read(StrictJson predicate) throws MalformedException {
    return new Vouching(
        predicate.instant("signedAt"), predicate.value("signerCertSha256", Digest::ofHex));
  }

  /**
   * Requires that it was done with this certificate, when that was valid, and not after now.
   *
   * @param signer names the signer in messages
   * @param now when the statement came
   */
  void requireFitting(String signer, X509Certificate with, Instant now)
      throws VerificationException {
    VerificationException.require(
        certificate.equals(Envelope.digestOf(with)),
        "it was signed for another certificate of the same key");
    VerificationException.require(
        !at.isAfter(now.plus(RecordVerifier.CLOCK_SKEW)),
        "it was signed at " + at + ", which is yet to come: check the clocks");
    VerificationException.require(
        !at.plus(RecordVerifier.CLOCK_SKEW).isBefore(with.getNotBefore().toInstant()),
        "it was signed at " + at + ", before the " + signer + "'s certificate was valid");
  }
}
