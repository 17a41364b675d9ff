package dev.peer.result;

import dev.peer.config.PeerSettings;
import dev.peer.core.find.Acceptance;
import dev.peer.core.scratch.FileHold;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.sign.RecordVerifier;
import dev.peer.core.sign.VerificationException;
import dev.peer.core.sign.VerifiedAttestation;
import dev.peer.core.sign.VerifiedRecord;
import dev.peer.core.store.Store;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.run.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;

/**
 * A result of the store, of which every byte was verified, with its content at hand. While it is
 * open, no process removes it.
 */
public final class VerifiedResult implements AutoCloseable {

  private final VerifiedRecord verified;
  private final ScratchDirectory unpacked;
  private final FileHold hold;

  private VerifiedResult(VerifiedRecord verified, ScratchDirectory unpacked, FileHold hold) {
    this.verified = verified;
    this.unpacked = unpacked;
    this.hold = hold;
  }

  /**
   * Verifies it.
   *
   * @throws CommandException if it does not hold, or is there no more
   */
  public static VerifiedResult of(Store store, RecordVerifier verifier, StoredRun.Result found)
      throws IOException, CommandException {
    FileHold hold = Results.hold(store, found.key(), found.entry());
    try {
      return of(store, verifier, found, hold);
    } catch (IOException | CommandException | RuntimeException e) {
      hold.close();
      throw e;
    }
  }

  private static VerifiedResult of(
      Store store, RecordVerifier verifier, StoredRun.Result found, FileHold hold)
      throws IOException, CommandException {
    ScratchDirectory directory = store.stage();
    boolean done = false;
    try {
      VerifiedAttestation attestation =
          verifier.verify(found.entry().attestation(), found.key(), found.entry().lists());
      VerifiedRecord verified =
          verifier.verify(
              attestation,
              found.entry().bundleFile(),
              Files.createDirectory(directory.path().resolve("unpacked")));
      done = true;
      return new VerifiedResult(verified, directory, hold);
    } catch (VerificationException e) {
      throw refused(e);
    } finally {
      if (!done) {
        directory.close();
      }
    }
  }

  /** The message for a result that does not hold. */
  public static CommandException refused(VerificationException e) {
    return new CommandException(
        ExitCode.NOTHING_VERIFIED,
        "the result is refused: " + e.getMessage(),
        "PEER_CA, PEER_CRL and PEER_ALLOW_SIGN say whose results count here; `peer verify` says"
            + " more",
        e);
  }

  /**
   * Requires that it counts here, as far as can be told without a clone.
   *
   * @throws CommandException if it does not
   */
  public VerifiedResult counting(PeerSettings settings) throws CommandException {
    Optional<String> refusal = refusal(settings, verified.attestation());
    if (refusal.isPresent()) {
      throw doesNotCount(refusal.get());
    }
    return this;
  }

  /** Why a result does not count here, as far as can be told without a clone. */
  public static Optional<String> refusal(PeerSettings settings, VerifiedAttestation attestation) {
    return acceptance(settings).refusal(attestation.record());
  }

  /** Which results count here, as far as can be told without a clone. */
  public static Acceptance acceptance(PeerSettings settings) {
    return Acceptance.withoutClone(settings.rules().requireKept(), settings.rules().requireTries());
  }

  /** The message for a result that holds and does not count. */
  public static CommandException doesNotCount(String why) {
    return new CommandException(
        ExitCode.NOTHING_VERIFIED,
        "the result holds, and does not count here: " + why,
        "`peer show` shows what the run started from");
  }

  public VerifiedRecord verified() {
    return verified;
  }

  @Override
  public void close() throws IOException {
    try (hold) {
      unpacked.close();
    }
  }
}
