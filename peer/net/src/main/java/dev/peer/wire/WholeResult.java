package dev.peer.wire;

import dev.peer.core.record.MalformedException;
import java.nio.ByteBuffer;

/**
 * A small result in one answer: four bytes with the length of the attestation, the most significant
 * first, then the attestation, then the bundle to the end.
 */
public final class WholeResult {

  /** How many bytes say how long the attestation is. */
  public static final int HEAD = Integer.BYTES;

  private WholeResult() {}

  /** What comes before the bundle. */
  public static byte[] beforeBundle(byte[] attestation) {
    return ByteBuffer.allocate(HEAD + attestation.length)
        .putInt(attestation.length)
        .put(attestation)
        .array();
  }

  /**
   * How long the attestation is.
   *
   * @param head the first {@link #HEAD} bytes
   * @throws MalformedException if it is longer than one may be
   */
  public static int attestationLength(byte[] head) throws MalformedException {
    int length = ByteBuffer.wrap(head).getInt();
    if (length < 0 || length > Limits.ATTESTATION) {
      throw new MalformedException("an attestation of more than " + Limits.ATTESTATION + " bytes");
    }
    return length;
  }
}
