package dev.peer.core.sign;

import dev.peer.core.id.Digest;
import dev.peer.core.record.MalformedException;

/**
 * The statement that the builder of a guest image signs, about the image's manifest. The manifest
 * names architecture, versions, packages and each file's digest, so the statement repeats none of
 * them.
 *
 * @param image the digest of the image's manifest
 */
record ImageStatement(Digest image, Vouching vouching) {

  private static final StatementKind KIND =
      new StatementKind("urn:peer:image:v1", "guest-image", "a guest image");

  /** The bytes to be signed. */
  byte[] write() {
    return KIND.write(image, vouching::write);
  }

  /** Reads signed bytes. */
  static ImageStatement read(byte[] payload) throws MalformedException {
    return KIND.read(
        payload, (image, predicate) -> new ImageStatement(image, Vouching.read(predicate)));
  }
}
