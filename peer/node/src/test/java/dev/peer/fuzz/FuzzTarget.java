package dev.peer.fuzz;

import java.util.Arrays;
import java.util.List;

/**
 * What Jazzer calls, with whatever bytes it likes. The first byte says which parser gets the rest,
 * so that one process, which takes a while to start, tries them all; the property {@code
 * peer.fuzz.parser} names the only one to be tried.
 */
public final class FuzzTarget {

  private static List<Parser> parsers = List.of();

  private FuzzTarget() {}

  /** Called once, before all else. */
  public static void fuzzerInitialize() throws Exception {
    parsers = parsers(System.getProperty("peer.fuzz.parser", ""));
  }

  /** Those that are tried, each at the place that an input's first byte names. */
  static List<Parser> parsers(String only) throws Exception {
    List<Parser> named =
        Parsers.all().stream()
            .filter(parser -> only.isEmpty() || parser.name().equals(only))
            .toList();
    if (named.isEmpty()) {
      throw new IllegalArgumentException("no parser \"" + only + "\": " + Parsers.all());
    }
    return named;
  }

  /** Tries an input. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length > 0) {
      parsers
          .get((input[0] & 0xff) % parsers.size())
          .takes(Arrays.copyOfRange(input, 1, input.length));
    }
  }
}
