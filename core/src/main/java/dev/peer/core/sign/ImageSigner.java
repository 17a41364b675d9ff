package dev.peer.core.sign;

import dev.peer.core.id.Digest;
import dev.peer.core.trust.Credentials;
import java.time.InstantSource;

/** Vouches for guest images as this peer. */
public final class ImageSigner {

  private final Credentials credentials;
  private final InstantSource clock;

  /** Signs with these. */
  public ImageSigner(Credentials credentials, InstantSource clock) {
    this.credentials = credentials;
    this.clock = clock;
  }

  /**
   * Attests that this image is to be booted.
   *
   * @param image the digest of its manifest
   */
  public Attestation sign(Digest image) {
    ImageStatement statement = new ImageStatement(image, Vouching.of(credentials, clock));
    return Signatures.sign(credentials, statement.write()).write();
  }
}
