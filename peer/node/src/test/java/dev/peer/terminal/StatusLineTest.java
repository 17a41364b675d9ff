package dev.peer.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class StatusLineTest {

  @Test
  void isForATerminalThatCanErase() {
    assertThat(StatusLine.isFor(Map.of("TERM", "xterm"))).isTrue();
    assertThat(StatusLine.isFor(Map.of("TERM", "xterm", "CI", ""))).isTrue();
  }

  @Test
  void isNotForOneThatCanNotOrThatNobodyKnows() {
    assertThat(StatusLine.isFor(Map.of("TERM", "dumb"))).isFalse();
    assertThat(StatusLine.isFor(Map.of("TERM", ""))).isFalse();
    assertThat(StatusLine.isFor(Map.of())).isFalse();
  }

  @Test
  void isNotForALogOfCi() {
    assertThat(StatusLine.isFor(Map.of("TERM", "xterm", "CI", "true"))).isFalse();
  }
}
