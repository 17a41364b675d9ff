package dev.peer.vm.snapshot;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.RepoId;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * Why a repository's last disk was dropped.
 *
 * @param repo whose it was
 * @param when when it was dropped
 * @param why a few words
 */
public record DiskRemoval(RepoId repo, Instant when, String why) {

  /** Reads the trace of a disk; a missing or damaged one is none. */
  static Optional<DiskRemoval> read(Path file) throws IOException {
    try {
      StrictJson json = DiskEntry.readJson(file);
      DiskRemoval removal =
          new DiskRemoval(json.value("repo", RepoId::new), json.instant("when"), json.text("why"));
      json.end();
      return Optional.of(removal);
    } catch (MalformedException | NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** The form that {@link #read} reads. */
  byte[] json() {
    ObjectNode json = JsonTree.object();
    json.put("repo", repo.text());
    json.put("when", when.toString());
    json.put("why", why);
    return JsonTree.bytes(json);
  }
}
