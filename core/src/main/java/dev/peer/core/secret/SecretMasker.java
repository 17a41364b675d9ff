package dev.peer.core.secret;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Replaces each value in one stream by {@code ***}. The output does not depend on how the stream
 * was cut into writes. Values that overlap become one mask, the longest that matches.
 *
 * <p>Bytes are held back only while they may be part of a value; {@link #finish} gives them out.
 */
final class SecretMasker {

  static final String MASK = "***";

  private static final byte[] MASK_BYTES = MASK.getBytes(StandardCharsets.US_ASCII);
  private static final int SLICE = 1 << 14;

  private final SecretPatterns.Watch watch;
  private final Target target;
  private final ByteArrayOutputStream ready = new ByteArrayOutputStream();
  private byte[] held = new byte[SLICE];
  private int heldLength;
  private long heldFrom;
  private long[] starts = new long[4];
  private long[] ends = new long[4];
  private int matches;
  private boolean firstIsMasked;

  /** Takes the masked bytes; they are used before the method returns. */
  @FunctionalInterface
  interface Target {

    void write(byte[] buffer, int offset, int length) throws IOException;
  }

  SecretMasker(SecretPatterns patterns, Target target) {
    this.watch = patterns.watch((start, end, _) -> found(start, end));
    this.target = target;
  }

  /** Takes the next bytes of the stream. */
  void write(byte[] buffer, int offset, int length) throws IOException {
    for (int done = 0; done < length; done += SLICE) {
      int slice = Math.min(SLICE, length - done);
      hold(buffer, offset + done, slice);
      watch.accept(buffer, offset + done, slice);
      release(watch.decidedTo());
    }
  }

  /** Ends the stream. */
  void finish() throws IOException {
    release(heldFrom + heldLength);
  }

  /** Matches come in the order of their ends: one that overlaps others takes them in. */
  private void found(long start, long end) {
    long first = start;
    while (matches > 0 && ends[matches - 1] > first) {
      matches--;
      first = Math.min(first, starts[matches]);
    }
    if (matches == starts.length) {
      starts = Arrays.copyOf(starts, matches * 2);
      ends = Arrays.copyOf(ends, matches * 2);
    }
    starts[matches] = first;
    ends[matches] = end;
    matches++;
  }

  private void hold(byte[] buffer, int offset, int length) {
    if (heldLength + length > held.length) {
      held = Arrays.copyOf(held, Math.max(held.length * 2, heldLength + length));
    }
    System.arraycopy(buffer, offset, held, heldLength, length);
    heldLength += length;
  }

  /** Writes the bytes before this position, and the mask of a match that goes beyond it. */
  private void release(long decided) throws IOException {
    long at = heldFrom;
    int given = 0;
    while (given < matches && starts[given] <= decided) {
      copy(at, starts[given]);
      if (!firstIsMasked) {
        ready.writeBytes(MASK_BYTES);
      }
      firstIsMasked = ends[given] > decided;
      if (firstIsMasked) {
        break;
      }
      at = ends[given++];
    }
    if (!firstIsMasked) {
      copy(at, decided);
    }
    drop(decided, given);
    if (ready.size() > 0) {
      byte[] bytes = ready.toByteArray();
      ready.reset();
      target.write(bytes, 0, bytes.length);
    }
  }

  private void copy(long from, long to) {
    if (from < to) {
      ready.write(held, (int) (from - heldFrom), (int) (to - from));
    }
  }

  private void drop(long to, int given) {
    int length = (int) (to - heldFrom);
    System.arraycopy(held, length, held, 0, heldLength - length);
    heldLength -= length;
    heldFrom = to;
    System.arraycopy(starts, given, starts, 0, matches - given);
    System.arraycopy(ends, given, ends, 0, matches - given);
    matches -= given;
  }
}
