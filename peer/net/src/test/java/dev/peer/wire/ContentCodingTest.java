package dev.peer.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentCodingTest {

  @ParameterizedTest
  @ValueSource(strings = {"zstd", "gzip, zstd", "gzip;q=1.0 , zstd ; q=0.5", "zstd;q=1", "br,zstd"})
  void isWantedByAHeaderThatNamesIt(String header) {
    assertThat(ContentCoding.isWanted(header)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "gzip", "identity", "*", "zstd;q=0", "zstd; q=0.000", "zstd2", "zstd gzip"})
  void isNotWantedByAnother(String header) {
    assertThat(ContentCoding.isWanted(header)).isFalse();
  }
}
