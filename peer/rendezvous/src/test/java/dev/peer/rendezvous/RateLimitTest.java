package dev.peer.rendezvous;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.PeerId;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitTest {

  private static final PeerId LAPTOP = new PeerId("laptop");
  private static final PeerId CI = new PeerId("ci");

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);
  private final RateLimit pace = new RateLimit(new RateLimit.Settings(10, 3, 2), clock::get);

  @Test
  void takesSomeChangesAtOnceThenSaysWhenToComeAgain() {
    for (int i = 0; i < 3; i++) {
      assertThat(pace.changes(LAPTOP, 1)).isEmpty();
    }

    assertThat(pace.changes(LAPTOP, 1)).contains(Duration.ofMillis(100));
    clock.addAndGet(Duration.ofMillis(100).toNanos());
    assertThat(pace.changes(LAPTOP, 1)).isEmpty();
    assertThat(pace.changes(LAPTOP, 1)).isPresent();
    clock.addAndGet(Duration.ofHours(1).toNanos());
    for (int i = 0; i < 3; i++) {
      assertThat(pace.changes(LAPTOP, 1)).isEmpty();
    }
    assertThat(pace.changes(LAPTOP, 1)).isPresent();
  }

  @Test
  void takesSeveralTogetherOrNone() {
    assertThat(pace.changes(LAPTOP, 2)).isEmpty();

    assertThat(pace.changes(LAPTOP, 2)).contains(Duration.ofMillis(100));
    assertThat(pace.changes(LAPTOP, 1)).isEmpty();
  }

  @Test
  void letsNobodyPayForTheFloodOfAnother() {
    for (int i = 0; i < 100; i++) {
      pace.changes(LAPTOP, 1);
    }

    assertThat(pace.changes(CI, 1)).isEmpty();
  }

  @Test
  void boundsTheRequestsUnderWay() {
    assertThat(pace.begin()).isTrue();
    assertThat(pace.begin()).isTrue();
    assertThat(pace.begin()).isFalse();
    assertThat(pace.begin()).isFalse();
    pace.end();
    assertThat(pace.begin()).isTrue();
  }
}
