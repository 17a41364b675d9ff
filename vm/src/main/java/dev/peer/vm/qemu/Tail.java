package dev.peer.vm.qemu;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Accepts all writes, and remembers the last 16 KiB. Safe for several threads. */
final class Tail extends OutputStream {

  private static final int KEPT = 1 << 14;

  private final byte[] kept = new byte[KEPT];
  private final CountDownLatch closed = new CountDownLatch(1);
  private long written;

  @Override
  public synchronized void write(int b) {
    kept[(int) (written++ % KEPT)] = (byte) b;
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) {
    for (int i = offset + Math.max(0, length - KEPT); i < offset + length; i++) {
      write(bytes[i]);
    }
  }

  /** No more will come. */
  @Override
  public void close() {
    closed.countDown();
  }

  /** Waits so many milliseconds at most until it is closed. */
  void awaitClosed(long most) throws InterruptedException {
    closed.await(most, TimeUnit.MILLISECONDS);
  }

  /** The last lines that are not blank. */
  synchronized String lastLines(int most) {
    int length = (int) Math.min(written, KEPT);
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = kept[(int) ((written - length + i) % KEPT)];
    }
    List<String> lines =
        new String(bytes, StandardCharsets.UTF_8).lines().filter(line -> !line.isBlank()).toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - most), lines.size()));
  }
}
