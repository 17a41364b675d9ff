package dev.peer.core.sign;

import dev.peer.core.id.Digest;
import dev.peer.core.record.Content;
import dev.peer.core.record.Provenance;
import dev.peer.core.record.RunRecord;
import dev.peer.core.trust.Credentials;
import java.util.function.Supplier;

/** Signs results of runs on this peer. */
public final class RunSigner {

  private final Supplier<Credentials> own;

  /** Signs as this peer. */
  public RunSigner(Credentials credentials) {
    this(() -> credentials);
  }

  /**
   * Creates a signer that asks for the credentials each time it signs: a run can outlast a
   * certificate.
   */
  public RunSigner(Supplier<Credentials> own) {
    this.own = own;
  }

  /**
   * Attests that the run passed and left this bundle.
   *
   * @throws IllegalArgumentException if the run did not pass, the record does not state its
   *     provenance, or it is so long that the attestation would be larger than {@link
   *     Attestation#LARGEST}
   */
  public Attestation sign(RunRecord record, Content bundle) {
    if (!record.passed()) {
      throw new IllegalArgumentException("only a run that passed is signed");
    }
    if (record.provenance() instanceof Provenance.Unstated) {
      throw new IllegalArgumentException("only a run that states its provenance is signed");
    }
    Credentials credentials = own.get();
    Digest certificate = Envelope.digestOf(credentials.leaf());
    byte[] payload = new Statement(record.inputs().key(), record, bundle, certificate).write();
    return Signatures.sign(credentials, payload).write();
  }
}
