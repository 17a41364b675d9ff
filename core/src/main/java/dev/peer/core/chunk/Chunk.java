package dev.peer.core.chunk;

import dev.peer.core.id.Digest;

/**
 * A piece of some content.
 *
 * @param offset where it begins
 * @param length how many bytes it has
 * @param digest the digest of these
 */
public record Chunk(long offset, int length, Digest digest) {

  /** Where the next one begins. */
  public long end() {
    return offset + length;
  }
}
