package dev.peer.tls;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicBoolean;

/** The bytes of an answer. */
final class ResponseBody extends InputStream {

  private final InputStream in;
  private final long length;
  private final Runnable whole;
  private final Runnable cut;
  private final AtomicBoolean over = new AtomicBoolean();
  private long count;

  /**
   * Reads nothing yet.
   *
   * @param length how many bytes it has; negative: it tells by its form
   * @param whole run when all of it was read
   * @param cut run when the rest is not wanted, or does not come
   */
  ResponseBody(InputStream in, long length, Runnable whole, Runnable cut) {
    this.in = in;
    this.length = length;
    this.whole = whole;
    this.cut = cut;
  }

  /** Ends where there is nothing to read. */
  void begin() {
    advance(0);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int size) throws IOException {
    if (size == 0) {
      return 0;
    }
    if (count == length) {
      return -1;
    }
    try {
      int n = in.read(bytes, offset, size);
      advance(n);
      return n;
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private void advance(int n) {
    count += Math.max(n, 0);
    if ((n < 0 || count == length) && over.compareAndSet(false, true)) {
      whole.run();
    }
  }

  @Override
  public void close() {
    if (over.compareAndSet(false, true)) {
      cut.run();
    }
  }
}
