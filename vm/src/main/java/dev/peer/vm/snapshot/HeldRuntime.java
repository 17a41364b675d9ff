package dev.peer.vm.snapshot;

import dev.peer.core.id.Digest;
import dev.peer.core.sign.Attestation;
import java.nio.file.Path;

/**
 * A prepared runtime in the form that moves from peer to peer.
 *
 * @param content the file with its bytes
 * @param digest of these
 * @param attestation its maker's
 */
public record HeldRuntime(Path content, Digest digest, Attestation attestation) {

  static final String DELTA = "delta-";

  /** The file beside some content with the delta that makes it of a former one, if there is one. */
  public static Path delta(Path content, Digest former) {
    return content.resolveSibling(DELTA + former.hex());
  }
}
