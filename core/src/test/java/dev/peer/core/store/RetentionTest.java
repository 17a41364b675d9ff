package dev.peer.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RunKey;
import dev.peer.core.store.Removal.Why;
import dev.peer.core.store.Retention.Excess;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RetentionTest {

  private static final Instant NOW = Instant.parse("2030-01-31T12:00:00Z");

  private final Location today = entry(1, 10, Duration.ZERO);
  private final Location yesterday = entry(2, 20, Duration.ofDays(1));
  private final Location before = entry(3, 5, Duration.ofDays(2));
  private final List<Location> all = List.of(today, yesterday, before);

  @Test
  void keepsAsManyAsThereMayBe() {
    assertThat(Retention.ofMost(3).excess(all, NOW)).isEmpty();
    assertThat(Retention.ofMost(1).excess(all, NOW))
        .containsExactly(new Excess(yesterday, Why.NUMBER), new Excess(before, Why.NUMBER));
  }

  @Test
  void keepsEachForItsTime() {
    Retention day = new Retention(9, Optional.of(Duration.ofDays(1)), 100);

    assertThat(day.excess(all, NOW)).containsExactly(new Excess(before, Why.AGE));
    assertThat(day.excess(all, NOW.plusSeconds(1)))
        .containsExactly(new Excess(yesterday, Why.AGE), new Excess(before, Why.AGE));
    assertThat(day.excess(all, NOW.plus(Duration.ofDays(2)))).hasSize(3);
  }

  @Test
  void keepsWhatThereIsRoomFor() {
    assertThat(new Retention(9, Optional.empty(), 35).excess(all, NOW)).isEmpty();
    assertThat(new Retention(9, Optional.empty(), 34).excess(all, NOW))
        .containsExactly(new Excess(before, Why.BYTES));
    assertThat(new Retention(9, Optional.empty(), 29).excess(all, NOW))
        .containsExactly(new Excess(yesterday, Why.BYTES));
    assertThat(new Retention(9, Optional.empty(), 4).excess(all, NOW)).hasSize(3);
  }

  @Test
  void whatIsTooOldTakesNoPlace() {
    Location old = entry(4, 30, Duration.ofDays(9));
    Retention retention = new Retention(2, Optional.of(Duration.ofDays(5)), 30);

    assertThat(retention.excess(List.of(today, old, yesterday), NOW))
        .containsExactly(new Excess(old, Why.AGE));
  }

  @Test
  void refusesToKeepNothing() {
    assertThatThrownBy(() -> Retention.ofMost(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Retention(1, Optional.empty(), 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void targetsDoNotPushEachOtherOut() {
    Location lint = entry("lint", 4, 30, Duration.ofDays(3));
    Location olderLint = entry("lint", 5, 30, Duration.ofDays(4));

    assertThat(Retention.ofMost(1).excess(List.of(today, yesterday, lint, olderLint), NOW))
        .containsExactly(new Excess(yesterday, Why.NUMBER), new Excess(olderLint, Why.NUMBER));
    assertThat(new Retention(1, Optional.empty(), 39).excess(List.of(today, lint), NOW))
        .containsExactly(new Excess(lint, Why.BYTES));
  }

  private static Location entry(int number, long bytes, Duration age) {
    return entry("test", number, bytes, age);
  }

  private static Location entry(String targets, int number, long bytes, Duration age) {
    RunKey key = new RunKey(Digest.of(new byte[] {(byte) number}));
    return new Location("0", targets, key, Path.of("/" + number), bytes, NOW.minus(age));
  }
}
