package dev.peer.server;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import java.nio.file.Path;
import java.util.Optional;

/** The files of Git LFS that a peer serves, each under the repositories that it was used for. */
public interface HeldLargeFiles {

  /** No file at all. */
  HeldLargeFiles NONE =
      new HeldLargeFiles() {
        @Override
        public boolean holdsAny(RepoId repo) {
          return false;
        }

        @Override
        public Optional<Path> file(RepoId repo, Digest content) {
          return Optional.empty();
        }
      };

  /** Whether files of the repository are held now. */
  boolean holdsAny(RepoId repo);

  /** The file with the content, if it is held now for the repository. */
  Optional<Path> file(RepoId repo, Digest content);
}
