package dev.peer.core.flow;

import dev.peer.core.find.Replayable;
import dev.peer.core.progress.Notices;
import dev.peer.core.record.BundleWriter;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.RunRecord;
import dev.peer.core.record.WrittenBundle;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.RecordVerifier;
import dev.peer.core.sign.RunSigner;
import dev.peer.core.sign.VerificationException;
import dev.peer.core.sign.VerifiedAttestation;
import dev.peer.core.sign.VerifiedRecord;
import dev.peer.core.store.Store;
import dev.peer.core.store.StoredRecord;
import dev.peer.core.timestamp.TimestampException;
import java.io.IOException;
import java.util.Optional;

/**
 * Makes the evidence of a run that passed: signs its record, verifies the own signature, and has it
 * stamped.
 *
 * @param signer signs with this peer's key
 * @param verifier verifies as another peer would
 * @param stamper stamps the own signature; empty: it is not stamped
 * @param notices learns of the steps, and of a timestamp that is missing
 */
public record Attester(
    RunSigner signer, RecordVerifier verifier, Optional<Stamper> stamper, Notices notices) {

  /**
   * Signs a record and keeps the result.
   *
   * @param writing the bundle with the files that the record is about; in the staged directory
   * @param staged the result takes it over
   * @throws VerificationException if others would refuse the bundle or the own signature
   */
  Replayable attest(RunRecord record, BundleWriter writing, ScratchDirectory staged, Store store)
      throws VerificationException, IOException, InterruptedException {
    notices.step("sign");
    WrittenBundle bundle = written(record, writing);
    Attestation signed = signer.sign(record, bundle.content());
    notices.step("verify");
    VerifiedAttestation attestation = stamped(verifier.verify(signed, record.inputs().key()));
    VerifiedRecord verified = verifier.verify(attestation, bundle);
    notices.step("store");
    StoredRecord stored = store.keepSynced(verified);
    return new Replayable(verified, stored, Optional.empty(), staged);
  }

  private static WrittenBundle written(RunRecord record, BundleWriter writing)
      throws VerificationException, IOException {
    try {
      return writing.finish(record);
    } catch (MalformedException e) {
      throw new VerificationException(e.getMessage(), e);
    }
  }

  /** A result without a timestamp is as good, for as long as the certificate is. */
  private VerifiedAttestation stamped(VerifiedAttestation attestation) throws InterruptedException {
    if (stamper.isEmpty()) {
      return attestation;
    }
    notices.step("timestamp");
    try {
      return verifier.stamp(attestation, stamper.get().stamp(attestation.signature()));
    } catch (TimestampException | VerificationException e) {
      notices.say("the result goes out without a timestamp: " + e.getMessage());
      return attestation;
    } finally {
      notices.step("verify");
    }
  }
}
