package dev.peer.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Joins two connections: passes the bytes of each to the other. */
public final class Splice {

  private static final int CHUNK = 16 << 10;

  /** For the other way, once one of them has ended. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final Meter meter;
  private final CountDownLatch oneEnded = new CountDownLatch(1);
  private final CountDownLatch bothEnded = new CountDownLatch(2);

  private Splice(Meter meter) {
    this.meter = meter;
  }

  /** Told of each byte before it goes on. */
  @FunctionalInterface
  public interface Meter {

    /** Takes whatever passes. */
    Meter NONE = (bytes, length) -> {};

    /**
     * So many more bytes are to pass.
     *
     * @throws IOException if they may not: both sides are cut off then
     */
    void pass(byte[] bytes, int length) throws IOException;
  }

  /** Returns when both ways have ended, or were cut off, and cuts both sides off. */
  public static void run(Duplex one, Duplex other, Meter meter) throws InterruptedException {
    Splice splice = new Splice(meter);
    try {
      Thread.ofVirtual().start(() -> splice.pump(one, other));
      Thread.ofVirtual().start(() -> splice.pump(other, one));
      splice.oneEnded.await();
      splice.bothEnded.await(GRACE.toNanos(), TimeUnit.NANOSECONDS);
    } finally {
      one.cut();
      other.cut();
    }
  }

  private void pump(Duplex from, Duplex to) {
    try {
      InputStream in = from.in();
      OutputStream out = to.out();
      byte[] chunk = new byte[CHUNK];
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        meter.pass(chunk, n);
        out.write(chunk, 0, n);
        out.flush();
      }
      to.endOutput();
    } catch (IOException e) {
      from.cut();
      to.cut();
    } finally {
      oneEnded.countDown();
      bothEnded.countDown();
    }
  }
}
