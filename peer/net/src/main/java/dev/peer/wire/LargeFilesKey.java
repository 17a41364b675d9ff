package dev.peer.wire;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import java.nio.charset.StandardCharsets;

/**
 * The key of a repository under which a peer announces, as it announces a result, that it serves
 * files of Git LFS of the repository. It is no run's key: those are digests of JSON.
 */
public final class LargeFilesKey {

  private LargeFilesKey() {}

  /** The key of the repository. */
  public static RunKey of(RepoId repo) {
    String text = "large files of " + repo.text();
    return new RunKey(Digest.of(text.getBytes(StandardCharsets.UTF_8)));
  }
}
