package dev.peer.vm.exec;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/** The time of one run on a host that may sleep, or whose clock may be set during the run. */
final class RunClock {

  /** The sum of small clock adjustments in a long run. */
  private static final Duration TOLERANCE = Duration.ofSeconds(2);

  private final InstantSource wall;
  private final LongSupplier nanos;
  private final Instant begun;
  private final long begunNanos;

  private RunClock(InstantSource wall, LongSupplier nanos) {
    this.wall = wall;
    this.nanos = nanos;
    this.begun = wall.instant();
    this.begunNanos = nanos.getAsLong();
  }

  /** A run begins now. */
  static RunClock start() {
    return start(InstantSource.system(), System::nanoTime);
  }

  /**
   * A run begins now, by these clocks.
   *
   * @param nanos never goes back
   */
  static RunClock start(InstantSource wall, LongSupplier nanos) {
    return new RunClock(wall, nanos);
  }

  /** When it began, as the clock said then. */
  Instant begun() {
    return begun;
  }

  /**
   * When it began and ended, if it ends now. By the clock as it is now: of one that was set back
   * the run did not begin after its end, nor take less time than it took.
   */
  Span span() {
    Instant now = wall.instant();
    Instant latest = now.minus(taken());
    return new Span(begun.isAfter(latest) ? latest : begun, now);
  }

  /**
   * Whether the clock was set back since: the guest's files may have times that are yet to come.
   */
  boolean wasSetBack() {
    // In this order: a process that is held up in between sees the clock ahead, not back.
    Duration taken = taken();
    return Duration.between(begun, wall.instant()).plus(TOLERANCE).compareTo(taken) < 0;
  }

  private Duration taken() {
    return Duration.ofNanos(nanos.getAsLong() - begunNanos);
  }

  /** Two times, the first not after the other. */
  record Span(Instant startedAt, Instant finishedAt) {}
}
