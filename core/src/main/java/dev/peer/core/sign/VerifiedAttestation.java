package dev.peer.core.sign;

import dev.peer.core.id.RunKey;
import dev.peer.core.record.Content;
import dev.peer.core.record.RunRecord;
import dev.peer.core.trust.Identity;
import dev.peer.core.trust.ValidPath;
import java.security.cert.X509CRL;
import java.util.List;

/** An attestation of which everything holds. Only {@link RecordVerifier} makes one. */
public final class VerifiedAttestation {

  private final Attestation attestation;
  private final Envelope envelope;
  private final ValidPath path;
  private final Statement statement;
  private final Evidence evidence;
  private final List<X509CRL> lists;

  /**
   * Wraps content that was verified.
   *
   * @param attestation the bytes
   * @param envelope the same, taken apart
   * @param path from the signer's certificate up
   * @param lists the revocation lists that were looked at
   */
  VerifiedAttestation(
      Attestation attestation,
      Envelope envelope,
      ValidPath path,
      Statement statement,
      Evidence evidence,
      List<X509CRL> lists) {
    this.attestation = attestation;
    this.envelope = envelope;
    this.path = path;
    this.statement = statement;
    this.evidence = evidence;
    this.lists = List.copyOf(lists);
  }

  /** The bytes that were verified, as they were received. */
  public Attestation envelope() {
    return attestation;
  }

  /** A copy of the signature's bytes, which a timestamp is over. */
  public byte[] signature() {
    return envelope.signature().clone();
  }

  /** Until when it holds, as far as can be told now. */
  public Evidence evidence() {
    return evidence;
  }

  /** The revocation lists that were looked at, to be kept with the result. */
  public KeptLists lists() {
    return KeptLists.of(lists);
  }

  Envelope parts() {
    return envelope;
  }

  /** The signer. */
  public Identity signer() {
    return path.identity();
  }

  /** The certificates that lead from the signer's to a trusted CA's. */
  public ValidPath path() {
    return path;
  }

  /** Which run this is. */
  public RunKey key() {
    return statement.key();
  }

  /** The run, which passed. */
  public RunRecord record() {
    return statement.record();
  }

  /** The size and digest that the run's bundle must have. */
  public Content bundle() {
    return statement.bundle();
  }
}
