package dev.peer.core.timestamp;

import java.util.Arrays;

/** The bytes of a time-stamp token (RFC 3161): nothing about them is trusted, or even looked at. */
public final class TimestampToken {

  /** The most bytes that a token may have; with a chain of certificates it has some thousands. */
  public static final int LARGEST = 32 << 10;

  private final byte[] der;

  private TimestampToken(byte[] der) {
    this.der = der;
  }

  /** Copies the bytes; refuses none and more than {@link #LARGEST}. */
  public static TimestampToken of(byte[] der) {
    if (der.length == 0 || der.length > LARGEST) {
      throw new IllegalArgumentException(
          "a time-stamp token has 1 to " + LARGEST + " bytes, this one " + der.length);
    }
    return new TimestampToken(der.clone());
  }

  /** A copy of the bytes. */
  public byte[] der() {
    return der.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TimestampToken that && Arrays.equals(der, that.der);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(der);
  }
}
