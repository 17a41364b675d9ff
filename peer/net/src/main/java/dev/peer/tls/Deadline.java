package dev.peer.tls;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;

/** Does something when it is not closed in time. */
public final class Deadline implements AutoCloseable {

  private final Thread thread;
  private volatile boolean passed;

  private Deadline(Duration time, Runnable otherwise) {
    thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    Thread.sleep(time);
                    passed = true;
                    otherwise.run();
                  } catch (InterruptedException e) {
                    // It was closed in time.
                  }
                });
  }

  /** Begins now. */
  static Deadline in(Duration time, Runnable otherwise) {
    return new Deadline(time, otherwise);
  }

  /** Whether it was not closed in time. */
  public boolean hasPassed() {
    return passed;
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  /** Closes connections that nobody needs any more. */
  static void close(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException e) {
      // It is of no use any more, closed or not.
    }
  }
}
