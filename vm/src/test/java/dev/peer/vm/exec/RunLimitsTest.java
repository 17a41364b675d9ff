package dev.peer.vm.exec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunLimitsTest {

  @ParameterizedTest
  @CsvSource({
    "1, 1 bytes",
    "1024, 1K",
    "1025, 1025 bytes",
    "1073741824, 1G",
    "1610612736, 1536M",
    "21990232555520, 20T"
  })
  void showsASizeAsASettingIsWritten(long bytes, String text) {
    assertThat(RunLimits.shown(bytes)).isEqualTo(text);
  }
}
