package dev.peer.core.store;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.Content;
import dev.peer.core.sign.Attestation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Stored records for tests of what serves them, which never looks inside. */
public final class StoredRecords {

  private StoredRecords() {}

  /** A record whose bundle and attestation are these bytes; the bundle lies in the directory. */
  public static StoredRecord of(
      Path directory, RepoId repo, RunKey key, byte[] attestation, byte[] bundle)
      throws IOException {
    Content content = new Content(bundle.length, Digest.of(bundle));
    Path file = Files.write(directory.resolve(content.digest().hex()), bundle);
    return new StoredRecord(repo, key, Attestation.of(attestation), content, file, () -> {});
  }
}
