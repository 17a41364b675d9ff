package dev.peer.vm.exec;

import java.time.Duration;

/** Ends something when the time is over, unless it is closed before. */
final class RunDeadline implements AutoCloseable {

  private final Duration limit;
  private final Runnable end;
  private final Thread watch = Thread.ofVirtual().name("deadline").unstarted(this::watch);
  private boolean passed;
  private boolean closed;

  private RunDeadline(Duration limit, Runnable end) {
    this.limit = limit;
    this.end = end;
  }

  static RunDeadline start(Duration limit, Runnable end) {
    RunDeadline deadline = new RunDeadline(limit, end);
    deadline.watch.start();
    return deadline;
  }

  private void watch() {
    try {
      Thread.sleep(limit);
      pass();
    } catch (InterruptedException e) {
      // It was closed before.
      return;
    }
  }

  private synchronized void pass() {
    if (!closed) {
      passed = true;
      end.run();
    }
  }

  synchronized boolean passed() {
    return passed;
  }

  /** From now on it ends nothing. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    watch.interrupt();
  }
}
