package dev.peer.wire;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import java.nio.charset.StandardCharsets;

/**
 * The key of a repository under which a peer announces, as it announces a result, that it serves
 * runtimes of the repository that were prepared with a guest image. It is no run's key: those are
 * digests of JSON.
 */
public final class RuntimesKey {

  private RuntimesKey() {}

  /** The key of the repository and the image. */
  public static RunKey of(RepoId repo, Digest image) {
    String text = "runtimes of " + repo.text() + "\nprepared with " + image;
    return new RunKey(Digest.of(text.getBytes(StandardCharsets.UTF_8)));
  }
}
