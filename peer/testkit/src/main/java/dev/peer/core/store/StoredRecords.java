package dev.peer.core.store;

import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.id.TreeId;
import dev.peer.core.record.Content;
import dev.peer.core.sign.Attestation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** Stored records for tests of what serves them, which never looks inside. */
public final class StoredRecords {

  private StoredRecords() {}

  /** A record whose bundle and attestation are these bytes; the bundle lies in the directory. */
  public static StoredRecord of(
      Path directory, RepoId repo, RunKey key, byte[] attestation, byte[] bundle)
      throws IOException {
    Content content = new Content(bundle.length, Digest.of(bundle));
    Path file = Files.write(directory.resolve(content.digest().hex()), bundle);
    return new StoredRecord(
        summary(repo, key), Attestation.of(attestation), content, file, () -> {});
  }

  /** What a list shows of a run that nobody ran. */
  private static RunSummary summary(RepoId repo, RunKey key) {
    return new RunSummary(
        key,
        new RunSummary.Subject(
            repo, new TreeId("4b825dc642cb6eb9a060e54bf8d69288fbee4904"), "test"),
        new PeerId("spiffe://team/signer"),
        Instant.EPOCH,
        Instant.EPOCH.plusSeconds(1),
        Optional.empty());
  }
}
