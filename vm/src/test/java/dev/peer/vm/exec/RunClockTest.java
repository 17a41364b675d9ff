package dev.peer.vm.exec;

import static org.assertj.core.api.Assertions.assertThat;

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

  private void pass(Duration time) {
    wall = wall.plus(time);
    nanos += time.toNanos();
  }
}
