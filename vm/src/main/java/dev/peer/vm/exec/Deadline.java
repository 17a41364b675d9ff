package dev.peer.vm.exec;

import java.time.Duration;

/** Ends something when the time is over, unless it is closed before. */
final class Deadline implements AutoCloseable {

  private final Thread watch;
  private volatile boolean passed;

  private Deadline(Duration limit, Runnable end) {
    this.watch =
        Thread.ofVirtual()
            .name("deadline")
            .unstarted(
                () -> {
                  try {
                    Thread.sleep(limit);
                    passed = true;
                    end.run();
                  } catch (InterruptedException e) {
                    // The run was faster.
                    return;
                  }
                });
  }

  static Deadline start(Duration limit, Runnable end) {
    Deadline deadline = new Deadline(limit, end);
    deadline.watch.start();
    return deadline;
  }

  boolean passed() {
    return passed;
  }

  @Override
  public void close() {
    watch.interrupt();
  }
}
