package dev.peer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeepSettingsTest {

  @Test
  void hasDefaults() throws ConfigException {
    assertThat(KeepSettings.of(Settings.of(Map.of())))
        .isEqualTo(new KeepSettings(100, Optional.empty(), 10L << 30));
  }

  @Test
  void readsThem() throws ConfigException {
    Map<String, String> environment =
        Map.of("PEER_KEEP", "5", "PEER_KEEP_FOR", "30d", "PEER_KEEP_BYTES", "512M");

    assertThat(KeepSettings.of(Settings.of(environment)))
        .isEqualTo(new KeepSettings(5, Optional.of(Duration.ofDays(30)), 512L << 20));
  }

  @ParameterizedTest
  @CsvSource({
    "PEER_KEEP, 0",
    "PEER_KEEP, 10001",
    "PEER_KEEP_FOR, 0s",
    "PEER_KEEP_FOR, soon",
    "PEER_KEEP_BYTES, 1023K",
    "PEER_KEEP_BYTES, much"
  })
  void refusesWhatIsNotOfTheForm(String name, String value) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> KeepSettings.of(Settings.of(Map.of(name, value))))
        .withMessageStartingWith(name + " in the environment is not ");
  }
}
