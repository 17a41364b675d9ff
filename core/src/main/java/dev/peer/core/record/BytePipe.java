package dev.peer.core.record;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;

/** Hands bytes from one thread to another; few of them are in it at once. */
final class BytePipe extends FedStream {

  private static final int MOST_PIECES = 16;
  private static final int LARGEST_PIECE = 1 << 16;

  private final Queue<byte[]> pieces = new ArrayDeque<>();
  private byte[] first = {};
  private int read;
  private boolean unread;

  /** Takes bytes to be read; those that the reader no longer wants go nowhere. */
  OutputStream sink() {
    return new OutputStream() {

      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] buffer, int offset, int length) throws IOException {
        for (int at = 0; at < length; at += LARGEST_PIECE) {
          put(buffer, offset + at, Math.min(LARGEST_PIECE, length - at));
        }
      }
    };
  }

  /** Waits while there are too many bytes. */
  private synchronized void put(byte[] buffer, int offset, int length)
      throws InterruptedIOException {
    await(() -> pieces.size() < MOST_PIECES || unread);
    if (!unread && length > 0) {
      pieces.add(Arrays.copyOfRange(buffer, offset, offset + length));
      notifyAll();
    }
  }

  @Override
  boolean hasMore() {
    return !pieces.isEmpty();
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (read == first.length && !next()) {
      return -1;
    }
    int n = Math.min(length, first.length - read);
    System.arraycopy(first, read, buffer, offset, n);
    read += n;
    return n;
  }

  /** Takes the next piece; there is none after the last. */
  private synchronized boolean next() throws IOException {
    if (!awaitMore()) {
      return false;
    }
    first = pieces.remove();
    read = 0;
    notifyAll();
    return true;
  }

  @Override
  public synchronized void close() {
    unread = true;
    pieces.clear();
    notifyAll();
  }
}
