package dev.peer.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceTest {

  private static final String ID = "4bf92f3577b34da6a3ce929d0e0e4736";

  @Test
  void readsWhatItWrote() {
    Trace trace = Trace.random();

    assertThat(Trace.ofHeader(trace.header())).contains(trace);
    assertThat(trace.header()).matches("00-" + trace + "-[0-9a-f]{16}-01");
    assertThat(trace.header()).isNotEqualTo(trace.header());
    assertThat(Trace.random()).isNotEqualTo(trace);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"00-" + ID + "-00f067aa0ba902b7-00", "cc-" + ID + "-00f067aa0ba902b7-01-later"})
  void readsHeadersOfOthers(String header) {
    assertThat(Trace.ofHeader(header)).contains(new Trace(ID));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ID,
        "00-" + ID,
        "ff-" + ID + "-00f067aa0ba902b7-01",
        "00-" + ID + "-0000000000000000-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-" + ID + "-00f067aa0ba902b7-01-more",
        "00-" + ID + "-00f067aa0ba902b7-01\n"
      })
  void passesOverAHeaderThatIsNone(String header) {
    assertThat(Trace.ofHeader(header)).isEmpty();
  }

  @Test
  void refusesAnIdThatIsNone() {
    assertThatThrownBy(() -> new Trace("0".repeat(32))).hasMessageContaining("32 of 0-9 and a-f");
    assertThatThrownBy(() -> new Trace("x")).isInstanceOf(IllegalArgumentException.class);
  }
}
