package dev.peer.daemon;

import java.util.concurrent.Semaphore;

/** How many bytes may be under way at once, all transfers together. */
final class ByteBudget {

  private static final int UNIT = 1 << 20;

  private final long most;
  private final Semaphore units;

  /** A part of it, until it is closed. */
  interface Share extends AutoCloseable {

    @Override
    void close();
  }

  ByteBudget(long most) {
    this.most = most;
    units = new Semaphore(unitsOf(most), true);
  }

  /** The most that one transfer may take. */
  long most() {
    return most;
  }

  /** Waits until there is room for so many. */
  Share take(long bytes) throws InterruptedException {
    int taken = unitsOf(bytes);
    units.acquire(taken);
    return () -> units.release(taken);
  }

  private static int unitsOf(long bytes) {
    return Math.clamp(bytes / UNIT + 1, 1, Integer.MAX_VALUE);
  }
}
