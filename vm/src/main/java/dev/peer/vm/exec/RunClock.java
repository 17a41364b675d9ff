package dev.peer.vm.exec;

import dev.peer.core.record.StageTimes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.LongSupplier;

/** The time of one run on a host that may sleep, or whose clock may be set during the run. */
final class RunClock {

  /** The sum of small clock adjustments in a long run. */
  private static final Duration TOLERANCE = Duration.ofSeconds(2);

  private final InstantSource wall;
  private final LongSupplier nanos;
  private final Instant begun;
  private final long begunNanos;
  private final SequencedMap<String, Long> stageMillis = new LinkedHashMap<>();

  private RunClock(InstantSource wall, LongSupplier nanos) {
    this.wall = wall;
    this.nanos = nanos;
    this.begun = wall.instant();
    this.begunNanos = nanos.getAsLong();
    beginStage(CurrentStage.FIRST);
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

  /** A stage begins, and with it the one before ends; a stage that begins again goes on. */
  void beginStage(String name) {
    stageMillis.putIfAbsent(name, taken().toMillis());
  }

  /** How long the stages took, if the last one ends now; a later span is at least as long. */
  StageTimes stages() {
    List<StageTimes.Stage> stages = new ArrayList<>();
    long end = taken().toMillis();
    for (Map.Entry<String, Long> stage : stageMillis.sequencedEntrySet().reversed()) {
      Duration took = Duration.ofMillis(end - stage.getValue());
      stages.addFirst(new StageTimes.Stage(stage.getKey(), took));
      end = stage.getValue();
    }
    return new StageTimes(stages);
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
