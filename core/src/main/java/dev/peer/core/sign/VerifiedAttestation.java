package dev.peer.core.sign;

import dev.peer.core.id.RunKey;
import dev.peer.core.record.Content;
import dev.peer.core.record.RunRecord;
import dev.peer.core.trust.CertificatePath;
import dev.peer.core.trust.Identity;

/** An attestation of which everything holds. Only {@link RecordVerifier} makes one. */
public final class VerifiedAttestation {

  private final Attestation envelope;
  private final CertificatePath path;
  private final Statement statement;

  VerifiedAttestation(Attestation envelope, CertificatePath path, Statement statement) {
    this.envelope = envelope;
    this.path = path;
    this.statement = statement;
  }

  /** The bytes that were verified, as they were received. */
  public Attestation envelope() {
    return envelope;
  }

  /** Who signed. */
  public Identity signer() {
    return path.identity();
  }

  /** The certificates that lead from the signer's to a trusted CA's. */
  public CertificatePath path() {
    return path;
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
