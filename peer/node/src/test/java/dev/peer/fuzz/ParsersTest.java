package dev.peer.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever bytes come from outside, a parser takes or refuses them as it promises. What is tried
 * here is always the same; {@link FuzzIT} looks further.
 */
@Timeout(300)
class ParsersTest {

  private static final int ROUNDS = 200;

  private static List<Parser> parsers;

  @BeforeAll
  static void makeSeeds() throws Exception {
    parsers = Parsers.all();
  }

  static List<Parser> parsers() {
    return parsers;
  }

  @ParameterizedTest
  @MethodSource("parsers")
  void takesItsSeeds(Parser parser) {
    assertThat(parser.seeds()).isNotEmpty().allMatch(parser::takes);
  }

  @ParameterizedTest
  @MethodSource("parsers")
  void takesOrRefusesWhateverComes(Parser parser) {
    Random random = new Random(parser.name().hashCode());
    for (byte[] seed : seedsAndNothing(parser)) {
      for (int round = 0; round < ROUNDS; round++) {
        byte[] changed = changed(seed, random);
        assertThat(parser.takes(changed)).isIn(true, false);
      }
    }
  }

  private static List<byte[]> seedsAndNothing(Parser parser) {
    List<byte[]> seeds = new ArrayList<>(parser.seeds());
    seeds.add(new byte[0]);
    return seeds;
  }

  /** Cut, with bytes changed, a piece twice or something put in. */
  private static byte[] changed(byte[] seed, Random random) {
    int from = random.nextInt(seed.length + 1);
    int to = from + random.nextInt(seed.length + 1 - from);
    return switch (random.nextInt(4)) {
      case 0 -> Arrays.copyOfRange(seed, from, to);
      case 1 -> joined(Arrays.copyOf(seed, to), Arrays.copyOfRange(seed, from, seed.length));
      case 2 -> {
        byte[] some = new byte[random.nextInt(8)];
        random.nextBytes(some);
        yield joined(
            joined(Arrays.copyOf(seed, from), some), Arrays.copyOfRange(seed, from, seed.length));
      }
      default -> {
        byte[] copy = seed.clone();
        for (int i = 0; i <= random.nextInt(3) && copy.length > 0; i++) {
          copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
        }
        yield copy;
      }
    };
  }

  private static byte[] joined(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }
}
