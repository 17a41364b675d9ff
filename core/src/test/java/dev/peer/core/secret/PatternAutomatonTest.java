package dev.peer.core.secret;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** The automaton against looking at every place of the text. */
class PatternAutomatonTest {

  @Test
  void findsWhatLookingEverywhereFinds() {
    Random random = new Random(20_260_101L);
    for (int round = 0; round < 500; round++) {
      IntFunction<String> text = length -> text(random, length);
      List<String> patterns = new ArrayList<>();
      for (int i = random.nextInt(6); i >= 0; i--) {
        patterns.add(text.apply(1 + random.nextInt(6)));
      }
      follow(patterns, text.apply(60));
    }
  }

  private static String text(Random random, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append("abc".charAt(random.nextInt(3)));
    }
    return text.toString();
  }

  private static void follow(List<String> patterns, String text) {
    PatternAutomaton.Builder builder = new PatternAutomaton.Builder();
    for (int i = 0; i < patterns.size(); i++) {
      builder.add(patterns.get(i).getBytes(US_ASCII), i);
    }
    PatternAutomaton automaton = builder.build();
    int state = 0;
    for (int end = 1; end <= text.length(); end++) {
      String read = text.substring(0, end);
      state = automaton.step(state, text.charAt(end - 1));
      assertThat(automaton.matchLength(state))
          .as(patterns + " " + read)
          .isEqualTo(longest(patterns, read));
      assertThat(automaton.openLength(state))
          .as(patterns + " " + read)
          .isEqualTo(open(patterns, read));
      if (automaton.matchLength(state) > 0) {
        String found = patterns.get(automaton.matchOwner(state));
        assertThat(read).endsWith(found);
        assertThat(found).hasSize(automaton.matchLength(state));
      }
    }
  }

  private static int longest(List<String> patterns, String read) {
    return patterns.stream().filter(read::endsWith).mapToInt(String::length).max().orElse(0);
  }

  private static int open(List<String> patterns, String read) {
    int open = 0;
    for (String pattern : patterns) {
      for (int length = 1; length < pattern.length(); length++) {
        if (read.endsWith(pattern.substring(0, length))) {
          open = Math.max(open, length);
        }
      }
    }
    return open;
  }

  @Test
  void withoutPatternsFindsNothing() {
    PatternAutomaton none = new PatternAutomaton.Builder().build();

    assertThat(none.step(0, 'a')).isZero();
    assertThat(none.matchLength(0)).isZero();
    assertThat(none.openLength(0)).isZero();
    assertThat(none.longest()).isZero();
  }

  @Test
  void aSymbolThatIsNoByteIsInNoPattern() {
    PatternAutomaton automaton = new PatternAutomaton.Builder().add(new byte[] {-1, -1}, 0).build();
    int begun = automaton.step(0, 0xff);

    assertThat(automaton.openLength(begun)).isOne();
    assertThat(automaton.step(begun, -1)).isZero();
    assertThat(automaton.matchLength(automaton.step(begun, 0xff))).isEqualTo(2);
  }
}
