package dev.peer.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {

  private static final List<String> COMMANDS =
      List.of("run", "replay", "relay", "ls", "vm", "log", "explain", "explain-cert");

  @ParameterizedTest
  @CsvSource({
    "rnu, run",
    "urn, run",
    "rn, run",
    "runn, run",
    "repaly, replay",
    "replya, replay",
    "rely, relay",
    "exlpian, explain",
    "explain-crt, explain-cert"
  })
  void findsTheWordThatWasMeant(String word, String meant) {
    assertThat(Spelling.nearest(word, COMMANDS)).hasValue(meant);
  }

  @ParameterizedTest
  @CsvSource({"foo", "test", "x", "deploy", "explanation"})
  void findsNothingForAnotherWord(String word) {
    assertThat(Spelling.nearest(word, COMMANDS)).isEmpty();
  }
}
