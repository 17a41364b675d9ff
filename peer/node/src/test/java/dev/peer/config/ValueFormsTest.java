package dev.peer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValueFormsTest {

  @Test
  void readsDurationsInUnitsAndByIso() {
    assertThat(ValueForms.duration("1h30m")).isEqualTo(Duration.ofMinutes(90));
    assertThat(ValueForms.duration("PT90S")).isEqualTo(Duration.ofSeconds(90));
  }

  /** What waits for so long counts nanoseconds. */
  @ParameterizedTest
  @ValueSource(strings = {"999999999d", "999999999d999999999h", "PT9223372036854775807S"})
  void takesWhatNobodyLivesToSeeForACentury(String text) {
    assertThat(ValueForms.duration(text)).isEqualTo(Duration.ofDays(36_500));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0s", "-1s", "1", "PT-1S", "1h 1m", "PT9223372036854775808S"})
  void refusesWhatIsNoTimeAboveZero(String text) {
    assertThatThrownBy(() -> ValueForms.duration(text))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
