package dev.peer.vm.exec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.record.StageTimes;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunClockTest {

  private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");

  private Instant wall = NOON;
  private long nanos;
  private final RunClock clock = RunClock.start(() -> wall, () -> nanos);

  @Test
  void saysWhenARunBeganAndEnded() {
    pass(Duration.ofMinutes(5));

    assertThat(clock.span()).isEqualTo(new RunClock.Span(NOON, NOON.plusSeconds(300)));
    assertThat(clock.wasSetBack()).isFalse();
  }

  @Test
  void letsNoRunEndBeforeItBeganWhenTheClockIsSetBack() {
    pass(Duration.ofMinutes(5));
    wall = wall.minus(Duration.ofHours(2));

    Instant end = NOON.minus(Duration.ofMinutes(115));
    assertThat(clock.span()).isEqualTo(new RunClock.Span(end.minusSeconds(300), end));
    assertThat(clock.wasSetBack()).isTrue();
  }

  @Test
  void noticesThatTheClockWasSetBackByLessThanTheRunTook() {
    pass(Duration.ofMinutes(5));
    wall = wall.minus(Duration.ofMinutes(3));

    assertThat(clock.wasSetBack()).isTrue();
  }

  @Test
  void countsTheSleepOfTheHost() {
    pass(Duration.ofMinutes(5));
    wall = wall.plus(Duration.ofHours(3));

    assertThat(clock.span()).isEqualTo(new RunClock.Span(NOON, NOON.plus(Duration.ofMinutes(185))));
    assertThat(clock.wasSetBack()).isFalse();
  }

  @Test
  void takesNoProcessThatIsHeldUpForAClockThatWasSetBack() {
    Iterator<Duration> pauses = List.of(Duration.ZERO, Duration.ofMinutes(1)).iterator();
    RunClock heldUp =
        RunClock.start(
            () -> {
              Instant seen = wall;
              pass(pauses.next());
              return seen;
            },
            () -> nanos);

    assertThat(heldUp.wasSetBack()).isFalse();
  }

  @Test
  void saysHowLongStagesTookAndLetsOneThatBeginsAgainGoOn() {
    pass(Duration.ofNanos(1_600_000));
    clock.beginStage("prepare");
    pass(Duration.ofNanos(1_600_000));
    clock.beginStage("test");
    pass(Duration.ofSeconds(3));
    clock.beginStage("test");
    pass(Duration.ofSeconds(4));

    assertThat(clock.stages().list())
        .containsExactly(stage("boot", 1), stage("prepare", 2), stage("test", 7_000));
    assertThat(clock.stages().total()).isEqualTo(Duration.ofMillis(7_003));
  }

  @Test
  void countsNoSleepOfTheHostAndNoChangeOfItsClockForAStage() {
    pass(Duration.ofSeconds(1));
    clock.beginStage("test");
    wall = wall.plus(Duration.ofHours(3));
    pass(Duration.ofSeconds(2));
    wall = wall.minus(Duration.ofHours(9));

    assertThat(clock.stages().list()).containsExactly(stage("boot", 1_000), stage("test", 2_000));
    RunClock.Span span = clock.span();
    assertThat(Duration.between(span.startedAt(), span.finishedAt()))
        .isEqualTo(clock.stages().total());
  }

  private static StageTimes.Stage stage(String name, long milliseconds) {
    return new StageTimes.Stage(name, Duration.ofMillis(milliseconds));
  }

  private void pass(Duration time) {
    wall = wall.plus(time);
    nanos += time.toNanos();
  }
}
