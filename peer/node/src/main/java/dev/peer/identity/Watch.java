package dev.peer.identity;

import dev.peer.core.flow.Threads;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Looks again and again, until it is closed. */
public final class Watch implements AutoCloseable {

  private final Looker looker;
  private final Duration interval;
  private final Semaphore asked = new Semaphore(0);
  private final Thread thread = Thread.ofVirtual().name("watch").unstarted(this::run);
  private volatile boolean closed;

  /** Looks once. */
  @FunctionalInterface
  public interface Looker {

    /**
     * Looks.
     *
     * @param now whether a signal asked for it
     */
    void look(boolean now);
  }

  /** Does nothing until it is started. */
  public Watch(Looker looker, Duration interval) {
    this.looker = looker;
    this.interval = interval;
  }

  /** Begins to look, on a thread of its own. */
  public void start() {
    thread.start();
  }

  /** Has it look at once. */
  public void ask() {
    asked.release();
  }

  /** When it returns, no look is under way any more. */
  @Override
  public void close() {
    closed = true;
    asked.release();
    Threads.awaitEnd(thread);
  }

  private void run() {
    try {
      boolean now = asked.tryAcquire(interval.toMillis(), TimeUnit.MILLISECONDS);
      while (!closed) {
        looker.look(now);
        now = asked.tryAcquire(interval.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
  }
}
