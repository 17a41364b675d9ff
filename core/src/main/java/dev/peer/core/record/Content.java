package dev.peer.core.record;

import dev.peer.core.id.Digest;

/** The size in bytes and the digest of some content. */
public record Content(long size, Digest digest) {

  /** Refuses a negative size. */
  public Content {
    if (size < 0) {
      throw new IllegalArgumentException("not a size (0 or more expected): " + size);
    }
  }
}
