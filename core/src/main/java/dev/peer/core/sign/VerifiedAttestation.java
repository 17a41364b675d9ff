package dev.peer.core.sign;

import dev.peer.core.id.RunKey;
import dev.peer.core.record.Content;
import dev.peer.core.record.RunRecord;
import dev.peer.core.trust.Identity;

/** An attestation of which everything holds. Only {@link RecordVerifier} makes one. */
public final class VerifiedAttestation {

  private final Attestation envelope;
  private final Identity signer;
  private final Statement statement;

  VerifiedAttestation(Attestation envelope, Identity signer, Statement statement) {
    this.envelope = envelope;
    this.signer = signer;
    this.statement = statement;
  }

  /** The bytes that were verified, as they were received. */
  public Attestation envelope() {
    return envelope;
  }

  /** Who signed. */
  public Identity signer() {
    return signer;
  }

  /** Which run this is. */
  public RunKey key() {
    return statement.key();
  }

  /** What the run was; it passed. */
  public RunRecord record() {
    return statement.record();
  }

  /** The size and digest that the run's bundle must have. */
  public Content bundle() {
    return statement.bundle();
  }
}
