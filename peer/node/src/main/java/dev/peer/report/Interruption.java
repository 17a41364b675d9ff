package dev.peer.report;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What SIGINT and SIGTERM do: the main thread is interrupted and has a moment to clean up. The
 * command then ends as the JVM ends on a signal, 130 or 143, or with 0 if it was only serving and
 * no output was lost.
 */
public final class Interruption {

  /** Longer than any command serves. */
  public static final Duration FOREVER = Duration.ofDays(3650);

  /** A shell adds a signal's number to this. */
  private static final int SIGNALLED = 128;

  private final Thread main;
  private final Optional<Inner> inner;
  private final CountDownLatch finished = new CountDownLatch(1);
  private volatile Duration cleanUp = Duration.ofSeconds(10);
  private volatile boolean serving;
  private volatile boolean interrupted;
  private volatile int servedCode;

  private Interruption(Thread main, Optional<Inner> inner) {
    this.main = main;
    this.inner = inner;
  }

  /**
   * Of a command within another.
   *
   * @param outer the other's
   * @param insteadOfWaiting what is done where it would wait for a signal
   */
  private record Inner(Interruption outer, Runnable insteadOfWaiting) {}

  /** Takes over for the calling thread. */
  public static Interruption install() {
    Interruption interruption = new Interruption(Thread.currentThread(), Optional.empty());
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("signal").unstarted(interruption::onShutdown));
    return interruption;
  }

  /**
   * Of a command that the calling thread does in a process that is not its own: no signal ends it.
   */
  public static Interruption ofThread() {
    return new Interruption(Thread.currentThread(), Optional.empty());
  }

  /**
   * Of a command that the same thread does within this one. Where it would wait for a signal, it
   * does this instead, and then ends.
   */
  public Interruption insteadOfWaiting(Runnable work) {
    return new Interruption(main, Optional.of(new Inner(this, work)));
  }

  /** From now on there is a result, and a signal ends the command with 0. */
  public void serving() {
    serving = true;
  }

  /** From now on the command has so long to clean up after a signal. */
  public void allow(Duration time) {
    cleanUp = time;
  }

  /** Waits for a signal, at most this long. */
  public void await(Duration most) {
    if (inner.isPresent()) {
      inner.get().insteadOfWaiting().run();
      return;
    }
    try {
      Thread.sleep(most);
    } catch (InterruptedException e) {
      // The signal that was waited for.
      return;
    }
  }

  /** Whether a signal has come. */
  public boolean interrupted() {
    return interrupted || inner.filter(within -> within.outer().interrupted()).isPresent();
  }

  /** Ends the command as a signal would, once it only serves. */
  public void end() {
    interrupted = true;
    main.interrupt();
  }

  /**
   * The command is over and everything is cleaned up.
   *
   * @param code the exit code if it was only serving
   */
  public void finished(int code) {
    servedCode = code;
    finished.countDown();
  }

  /**
   * The exit code of a command that a signal to its caller has ended.
   *
   * @param code the exit code if it was only serving
   * @param signal the signal's number
   */
  public int exitCode(int code, int signal) {
    return serving ? code : SIGNALLED + signal;
  }

  private void onShutdown() {
    if (finished.getCount() == 0) {
      return;
    }
    end();
    try {
      finished.await(cleanUp.toMillis(), TimeUnit.MILLISECONDS);
      if (serving) {
        Runtime.getRuntime().halt(servedCode);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
