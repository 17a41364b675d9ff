package dev.peer.vm.exec;

import dev.peer.core.flow.Ancestry;
import dev.peer.core.flow.HistoryPosition;
import dev.peer.core.flow.Lineage;
import dev.peer.core.id.CommitId;
import dev.peer.core.record.KeptOrigin;
import java.nio.file.Path;
import java.util.Optional;

/** Lineages for these tests. */
final class Lineages {

  private Lineages() {}

  /** The lineage of a repository's HEAD, whose trunk is all that it descends from. */
  static Lineage ofHead(Path repository) throws Exception {
    CommitId head = new CommitId(GitFiles.git(repository, "rev-parse", "HEAD").strip());
    String history = GitFiles.git(repository, "rev-list", "HEAD");
    Ancestry ancestry =
        (_, asked) -> {
          Optional<CommitId> nearest =
              history.lines().map(CommitId::new).filter(asked::contains).findFirst();
          return new HistoryPosition(true, Optional.of(head), nearest, nearest, "");
        };
    return new Lineage(head, KeptOrigin.TRUNK, ancestry);
  }
}
