package dev.peer.network;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.lfs.KeptObjects;
import dev.peer.server.HeldLargeFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The local files of Git LFS, for serving to others. */
record KeptLargeFiles(KeptObjects kept) implements HeldLargeFiles {

  @Override
  public boolean holdsAny(RepoId repo) {
    return kept.holdsAny(repo);
  }

  @Override
  public Optional<Path> file(RepoId repo, Digest content) {
    return Optional.of(kept.of(repo).file(content)).filter(Files::isRegularFile);
  }
}
