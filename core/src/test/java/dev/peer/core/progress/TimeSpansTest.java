package dev.peer.core.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TimeSpansTest {

  @Test
  void saysHowLongAgoInTheLargestUnit() {
    assertThat(TimeSpans.ago(Duration.ofSeconds(59))).isEqualTo("59 s ago");
    assertThat(TimeSpans.ago(Duration.ofSeconds(60))).isEqualTo("1 min ago");
    assertThat(TimeSpans.ago(Duration.ofMinutes(119))).isEqualTo("1 h ago");
    assertThat(TimeSpans.ago(Duration.ofDays(1))).isEqualTo("1 day ago");
    assertThat(TimeSpans.ago(Duration.ofDays(2))).isEqualTo("2 days ago");
  }

  @Test
  void aClockThatWasSetBackMakesNothingNegative() {
    assertThat(TimeSpans.ago(Duration.ofSeconds(-1))).isEqualTo("0 s ago");
  }
}
