package dev.peer.cli.console;

import dev.peer.report.Timeline;
import dev.peer.terminal.StatusLine;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/**
 * Shows on a terminal what a command is doing while it prints nothing: every writer to the terminal
 * makes room first, and the line returns after a moment of silence.
 */
final class ProgressLine {

  /** Shorter steps are not shown. */
  private static final Duration FIRST = Duration.ofMillis(500);

  private static final Duration BETWEEN = Duration.ofMillis(200);

  /** A terminal that is held up is not waited for. */
  private static final Duration LAST = Duration.ofMillis(500);

  private final Timeline timeline;
  private final OutputStream stderr;
  private final Object lock;
  private final BooleanSupplier mayBeDrawn;
  private final AtomicReference<Progress> progress = new AtomicReference<>(Progress.NONE);
  private final StatusLine.Opener opener;
  private final Thread atExit = Thread.ofPlatform().name("clear").unstarted(this::end);
  private final Thread thread = Thread.ofPlatform().daemon().name("progress").unstarted(this::show);
  private Optional<StatusLine> line = Optional.empty();
  private boolean written;
  private volatile boolean ended;

  /**
   * Shows nothing yet.
   *
   * @param opener opens the line on the terminal
   * @param lock held by every writer to the terminal
   * @param mayBeDrawn whether the terminal's cursor is at the beginning of a line; asked with the
   *     lock
   */
  ProgressLine(
      Timeline timeline,
      OutputStream stderr,
      StatusLine.Opener opener,
      Object lock,
      BooleanSupplier mayBeDrawn) {
    this.timeline = timeline;
    this.opener = opener;
    this.stderr = stderr;
    this.lock = lock;
    this.mayBeDrawn = mayBeDrawn;
  }

  /** From now on the line is shown, until it ends or the process does. */
  void start() {
    thread.start();
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** Another step has begun, of which nothing is known yet. */
  void step() {
    progress.set(Progress.NONE);
  }

  /** The step has to do with something else. */
  void awaiting(String what) {
    progress.updateAndGet(before -> before.awaiting(what));
  }

  /** So many bytes are there. */
  void moved(long done, long total) {
    long now = System.nanoTime();
    progress.updateAndGet(before -> before.moved(done, total, now));
  }

  /** Something else is about to be written to the terminal. To be called with the lock. */
  void makeRoom() {
    written = true;
    try {
      if (line.isPresent()) {
        line.get().erase();
      }
    } catch (IOException e) {
      // Nobody sees it any more.
      line = Optional.empty();
    }
  }

  /** Takes the line away for good, before the process ends; must be called without the lock. */
  void close() {
    end();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The process ends, and this has run.
      return;
    }
  }

  private void end() {
    ended = true;
    thread.interrupt();
    try {
      thread.join(LAST);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void show() {
    try {
      Thread.sleep(FIRST);
      StatusLine opened = opener.open(stderr);
      synchronized (lock) {
        line = Optional.of(opened);
      }
      while (!ended) {
        synchronized (lock) {
          look(opened);
        }
        Thread.sleep(BETWEEN);
      }
    } catch (IOException | InterruptedException e) {
      // It is no terminal, or the terminal is gone, or the line has ended.
      return;
    } finally {
      synchronized (lock) {
        makeRoom();
      }
    }
  }

  private void look(StatusLine opened) throws IOException {
    // It would only flicker between pieces of output.
    if (!written && !ended && mayBeDrawn.getAsBoolean()) {
      Timeline.Step step = timeline.now();
      opened.draw(
          progress.get().text(step.name(), step.duration(), System.nanoTime(), opened.columns()));
    }
    written = false;
  }
}
