package dev.peer.client;

import dev.peer.tls.Response;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The body of an answer, from a server that may stall, break off or never end. The time counts that
 * is spent waiting for the server, and not what its reader does between two reads.
 */
public final class AnswerBody implements AutoCloseable {

  private final InputStream in;
  private final AtomicLong read = new AtomicLong();

  /** How long nobody waited for the server, in nanoseconds. */
  private final AtomicLong away = new AtomicLong();

  private long returned = System.nanoTime();
  private volatile boolean waiting;
  private final Thread watch;
  private volatile boolean stalled;

  /**
   * Begins to watch the body.
   *
   * @param stall how long it may pause
   * @param whole how long all of it may take
   */
  public AnswerBody(Response answer, Duration stall, Duration whole) {
    in = answer.body();
    watch = Thread.ofVirtual().start(() -> watch(stall, System.nanoTime() + whole.toNanos()));
  }

  /** Reads like a stream, and throws errors that are fit for the user. */
  public int read(byte[] buffer, int offset, int length) throws IOException, InterruptedException {
    away.addAndGet(System.nanoTime() - returned);
    waiting = true;
    try {
      int n = in.read(buffer, offset, length);
      if (!stalled) {
        read.addAndGet(Math.max(n, 0));
        return n;
      }
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (!stalled) {
        throw new IOException("the transfer broke off after " + read + " bytes", e);
      }
    } finally {
      waiting = false;
      returned = System.nanoTime();
    }
    throw new SocketTimeoutException("the transfer stalled after " + read + " bytes");
  }

  /** All of it, but one byte more than this at most. */
  public byte[] readAtMost(int most) throws IOException, InterruptedException {
    byte[] bytes = new byte[Math.min(most + 1, 8 << 10)];
    int size = 0;
    for (int n = 0; n >= 0 && size <= most; size += Math.max(n, 0)) {
      if (size == bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.min(most + 1, 2 * size));
      }
      n = read(bytes, size, bytes.length - size);
    }
    return Arrays.copyOf(bytes, size);
  }

  /** Watches no longer; the rest is another's to read. */
  public void leave() {
    watch.interrupt();
  }

  @Override
  public void close() {
    watch.interrupt();
    try {
      in.close();
    } catch (IOException e) {
      // Whatever was needed has been read.
    }
  }

  private void watch(Duration stall, long deadline) {
    try {
      long seen = -1;
      boolean waits = waiting;
      long left = deadline - System.nanoTime();
      while (!waits || (read.get() != seen && left > 0)) {
        seen = waits ? read.get() : -1;
        TimeUnit.NANOSECONDS.sleep(waits ? Math.min(stall.toNanos(), left) : stall.toNanos());
        waits = waiting;
        left = deadline + away.get() - System.nanoTime();
      }
      stalled = true;
      in.close();
    } catch (InterruptedException | IOException e) {
      // Read to the end, or closed already.
    }
  }
}
