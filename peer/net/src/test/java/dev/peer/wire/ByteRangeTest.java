package dev.peer.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangeTest {

  @ParameterizedTest
  @CsvSource({
    "bytes=0-0, 0, 1",
    "bytes=0-, 0, 10",
    "bytes=3-5, 3, 3",
    "bytes=9-99, 9, 1",
    "bytes=-4, 6, 4",
    "bytes=-99, 0, 10"
  })
  void readsASingleRange(String header, long first, long length) {
    assertThat(ByteRange.parse(header, 10))
        .isEqualTo(new ByteRange.Selection.Part(new ByteRange(first, length)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=10-", "bytes=10-20", "bytes=-0"})
  void findsARangeOutsideTheContent(String header) {
    assertThat(ByteRange.parse(header, 10)).isEqualTo(new ByteRange.Selection.Outside());
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        "bytes=-",
        "bytes=5-3",
        "bytes=0-1,3-4",
        "lines=1-2",
        "bytes=a-b",
        "bytes=99999999999999999999-"
      })
  void passesOverWhatIsNoSingleRange(String header) {
    assertThat(ByteRange.parse(header, 10)).isEqualTo(new ByteRange.Selection.Whole());
  }

  @Test
  void hasNoRangeInEmptyContent() {
    assertThat(ByteRange.parse("bytes=0-", 0)).isEqualTo(new ByteRange.Selection.Outside());
    assertThat(ByteRange.parse("bytes=-5", 0)).isEqualTo(new ByteRange.Selection.Outside());
  }

  @Test
  void writesWhichPartItIs() {
    assertThat(new ByteRange(3, 4).contentRange(10)).isEqualTo("bytes 3-6/10");
  }
}
