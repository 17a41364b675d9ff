package dev.peer.vm.guest;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Reads a stream that carries the output of one stage after another, each ended by a marker that
 * cannot occur in it by chance.
 */
final class MarkedOutput {

  private final InputStream in;
  private final byte[] marker;
  private final byte[] buffer = new byte[1 << 16];
  private int filled;

  MarkedOutput(InputStream in, byte[] marker) {
    this.in = in;
    this.marker = marker.clone();
  }

  /** Takes the bytes of a stage. */
  @FunctionalInterface
  interface Consumer {

    void accept(byte[] buffer, int offset, int length) throws IOException;
  }

  /**
   * Hands on everything up to the next marker, as it comes.
   *
   * @return false if the stream ended before a marker
   */
  boolean readStage(Consumer consumer) throws IOException {
    while (true) {
      int found = indexOfMarker();
      if (found >= 0) {
        hand(consumer, found);
        drop(found + marker.length);
        return true;
      }
      int safe = filled - heldBack();
      hand(consumer, safe);
      drop(safe);
      int n = in.read(buffer, filled, buffer.length - filled);
      if (n < 0) {
        hand(consumer, filled);
        filled = 0;
        return false;
      }
      filled += n;
    }
  }

  private void hand(Consumer consumer, int length) throws IOException {
    if (length > 0) {
      consumer.accept(buffer, 0, length);
    }
  }

  private void drop(int length) {
    System.arraycopy(buffer, length, buffer, 0, filled - length);
    filled -= length;
  }

  private int indexOfMarker() {
    for (int at = 0; at <= filled - marker.length; at++) {
      if (buffer[at] == marker[0]
          && Arrays.equals(buffer, at, at + marker.length, marker, 0, marker.length)) {
        return at;
      }
    }
    return -1;
  }

  /** How many bytes at the end may be the beginning of a marker. */
  private int heldBack() {
    for (int n = Math.min(filled, marker.length - 1); n > 0; n--) {
      if (Arrays.equals(buffer, filled - n, filled, marker, 0, n)) {
        return n;
      }
    }
    return 0;
  }
}
