package dev.peer.pages;

import dev.peer.core.record.Artifact;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.sign.RecordVerifier;
import dev.peer.core.sign.VerificationException;
import dev.peer.core.sign.VerifiedRecord;
import dev.peer.core.store.Entries;
import dev.peer.core.store.Store;
import dev.peer.core.store.StoredEntry;
import dev.peer.core.store.StoredRecord;
import dev.peer.http.ProblemException;
import dev.peer.wire.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A result of the store, of which every byte was verified now, unpacked while it is open. */
final class OpenedResult implements AutoCloseable {

  private final StoredRecord held;
  private final ScratchDirectory directory;
  private final VerifiedRecord verified;

  private OpenedResult(StoredRecord held, ScratchDirectory directory, VerifiedRecord verified) {
    this.held = held;
    this.directory = directory;
    this.verified = verified;
  }

  /**
   * Verifies a result and unpacks it.
   *
   * @throws ProblemException if it does not hold
   */
  static OpenedResult of(StoredRecord record, ResultJudge judge)
      throws ProblemException, IOException {
    StoredRecord held = Store.reopen(record);
    boolean done = false;
    try {
      ScratchDirectory directory = judge.room().open();
      try {
        OpenedResult opened =
            new OpenedResult(
                held, directory, verified(held, judge.verifier().get(), unpackInto(directory)));
        done = true;
        return opened;
      } finally {
        if (!done) {
          directory.close();
        }
      }
    } catch (VerificationException e) {
      throw new ProblemException(
          Problem.Kind.UNVERIFIED, "the result is refused: " + e.getMessage());
    } finally {
      if (!done) {
        held.close();
      }
    }
  }

  private static VerifiedRecord verified(
      StoredRecord record, RecordVerifier verifier, Path unpackInto)
      throws VerificationException, IOException {
    StoredEntry entry = Entries.read(record.bundleFile().getParent());
    return verifier.verify(
        verifier.verify(record.attestation(), record.key(), entry.lists()),
        record.bundleFile(),
        unpackInto);
  }

  private static Path unpackInto(ScratchDirectory directory) throws IOException {
    return Files.createDirectory(directory.path().resolve("unpacked"));
  }

  VerifiedRecord verified() {
    return verified;
  }

  /** The content of a plain file among its artifacts. */
  Optional<Path> artifact(String path) throws IOException {
    return verified.artifacts().stream()
        .filter(artifact -> artifact instanceof Artifact.File && artifact.path().equals(path))
        .map(artifact -> verified.files().artifact((Artifact.File) artifact))
        .findFirst();
  }

  @Override
  public void close() throws IOException {
    try {
      directory.close();
    } finally {
      held.close();
    }
  }
}
