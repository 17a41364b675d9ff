package dev.peer.core.record;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.function.BooleanSupplier;

/** Hands bytes from one thread to another; few of them are in it at once. */
final class BytePipe extends BlockStream {

  private static final int MOST_PIECES = 16;

  private final Queue<byte[]> pieces = new ArrayDeque<>();
  private byte[] first = {};
  private int read;
  private boolean ended;
  private boolean broken;
  private boolean unread;

  /** Waits while there are too many bytes. Nothing is handed on once the reader has closed it. */
  synchronized void put(byte[] buffer, int offset, int length) throws InterruptedIOException {
    await(() -> pieces.size() < MOST_PIECES || unread);
    if (!unread && length > 0) {
      pieces.add(Arrays.copyOfRange(buffer, offset, offset + length));
      notifyAll();
    }
  }

  /** All bytes were handed over. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** No more bytes come, and the reader fails. */
  synchronized void breakOff() {
    broken = true;
    notifyAll();
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
    await(() -> !pieces.isEmpty() || ended || broken);
    if (broken) {
      throw new IOException("its bytes broke off");
    }
    if (pieces.isEmpty()) {
      return false;
    }
    first = pieces.remove();
    read = 0;
    notifyAll();
    return true;
  }

  private synchronized void await(BooleanSupplier condition) throws InterruptedIOException {
    try {
      while (!condition.getAsBoolean()) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (InterruptedIOException)
          new InterruptedIOException("interrupted in the middle of a bundle").initCause(e);
    }
  }

  @Override
  public synchronized void close() {
    unread = true;
    pieces.clear();
    notifyAll();
  }
}
