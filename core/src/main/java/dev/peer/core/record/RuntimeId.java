package dev.peer.core.record;

import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;

/**
 * Names a prepared runtime.
 *
 * @param maker who signed it
 * @param content the digest of its content
 */
public record RuntimeId(PeerId maker, Digest content) {

  @Override
  public String toString() {
    return "made by " + maker + ": " + content;
  }
}
