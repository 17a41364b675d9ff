package dev.peer.core.sign;

import java.util.Arrays;

/** The bytes of a DSSE envelope as they were made or received: nothing about them is trusted. */
public final class Attestation {

  /** The most bytes that an attestation may have. */
  public static final int LARGEST = 4 << 20;

  private final byte[] bytes;

  private Attestation(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Copies the bytes; refuses more than {@link #LARGEST}. */
  public static Attestation of(byte[] bytes) {
    if (bytes.length > LARGEST) {
      throw new IllegalArgumentException(
          "an attestation has at most " + LARGEST + " bytes, this one " + bytes.length);
    }
    return new Attestation(bytes.clone());
  }

  /** A copy of the bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Attestation that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }
}
