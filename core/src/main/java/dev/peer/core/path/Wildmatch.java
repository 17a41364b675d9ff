package dev.peer.core.path;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;

/**
 * Matches a text with a pattern as git's {@code wildmatch} does: byte by byte, with sets, classes
 * and {@code **}. Tries no pair of places twice, so that no pattern takes long.
 */
final class Wildmatch {

  private final byte[] pattern;
  private final byte[] text;
  private final boolean slashes;
  private final boolean fold;

  /** Pairs of places from which the rest does not match. */
  private final BitSet failed = new BitSet();

  private Wildmatch(byte[] pattern, byte[] text, boolean slashes, boolean fold) {
    this.pattern = pattern;
    this.text = text;
    this.slashes = slashes;
    this.fold = fold;
  }

  /**
   * Whether the pattern matches all of the text.
   *
   * @param slashes whether only a slash itself and {@code **} match a slash
   * @param fold whether ASCII letters match in both cases
   */
  static boolean matches(byte[] pattern, byte[] text, boolean slashes, boolean fold) {
    return new Wildmatch(pattern, text, slashes, fold).matches(0, 0);
  }

  /** The place of the first wildcard from a place on, or the pattern's end. */
  static int plain(byte[] pattern, int from) {
    int at = from;
    while (at < pattern.length && "*?[\\".indexOf(pattern[at]) < 0) {
      at++;
    }
    return at;
  }

  private boolean matches(int patternFrom, int textFrom) {
    int p = patternFrom;
    int t = textFrom;
    while (p < pattern.length) {
      if (pattern[p] == '*') {
        return matchesStar(p, t);
      }
      if (t == text.length) {
        return false;
      }
      p = behind(p, lower(text[t] & 0xFF));
      if (p < 0) {
        return false;
      }
      t++;
    }
    return t == text.length;
  }

  private boolean matchesRest(int p, int t) {
    int pair = p * (text.length + 1) + t;
    if (failed.get(pair)) {
      return false;
    }
    boolean matched = matches(p, t);
    if (!matched) {
      failed.set(pair);
    }
    return matched;
  }

  private boolean matchesStar(int star, int t) {
    int p = star + 1;
    while (p < pattern.length && pattern[p] == '*') {
      p++;
    }
    boolean crosses = !slashes || (p > star + 1 && isWholePart(star, p));
    if (p == pattern.length) {
      return crosses || slash(t) < 0;
    }
    if (slashes && pattern[p] == '/') {
      if (crosses) {
        if (matchesRest(p + 1, t)) {
          return true;
        }
      } else {
        int slash = slash(t);
        return slash >= 0 && matchesRest(p + 1, slash + 1);
      }
    }
    for (int at = t; at < text.length; at++) {
      if (matchesRest(p, at)) {
        return true;
      }
      if (!crosses && text[at] == '/') {
        return false;
      }
    }
    return false;
  }

  /** Whether these stars are all that there is between two slashes. */
  private boolean isWholePart(int from, int to) {
    return (from == 0 || pattern[from - 1] == '/')
        && (to == pattern.length
            || pattern[to] == '/'
            || (pattern[to] == '\\' && to + 1 < pattern.length && pattern[to + 1] == '/'));
  }

  private int slash(int from) {
    for (int t = from; t < text.length; t++) {
      if (text[t] == '/') {
        return t;
      }
    }
    return -1;
  }

  /** The place behind what matches this byte; negative if it is not matched. */
  private int behind(int p, int wanted) {
    int given = lower(pattern[p] & 0xFF);
    return switch (given) {
      case '?' -> slashes && wanted == '/' ? -1 : p + 1;
      case '[' -> slashes && wanted == '/' ? -1 : behindSet(p + 1, wanted);
      // As in git, a letter behind a backslash keeps its case.
      case '\\' -> p + 1 < pattern.length && (pattern[p + 1] & 0xFF) == wanted ? p + 2 : -1;
      default -> given == wanted ? p + 1 : -1;
    };
  }

  private int behindSet(int from, int wanted) {
    boolean negated = from < pattern.length && (pattern[from] == '!' || pattern[from] == '^');
    int first = negated ? from + 1 : from;
    boolean matched = false;
    int previous = 0;
    for (int p = first; p < pattern.length; p++) {
      int given = pattern[p] & 0xFF;
      boolean last = p + 1 == pattern.length;
      if (given == ']' && p > first) {
        return matched == negated ? -1 : p + 1;
      }
      if (given == '\\' && !last) {
        p++;
        previous = pattern[p] & 0xFF;
        matched |= wanted == previous;
      } else if (given == '-' && previous != 0 && !last && pattern[p + 1] != ']') {
        p += pattern[p + 1] == '\\' ? 2 : 1;
        matched |= p < pattern.length && isBetween(previous, wanted, pattern[p] & 0xFF);
        previous = 0;
      } else if (given == '[' && !last && pattern[p + 1] == ':') {
        int end = closing(p + 2);
        if (end < 0) {
          return -1;
        }
        if (end == p + 2 || pattern[end - 1] != ':') {
          matched |= wanted == '[';
          previous = '[';
        } else {
          String name = new String(pattern, p + 2, end - p - 3, StandardCharsets.ISO_8859_1);
          CharacterClass known = CharacterClass.named(name);
          if (known == null) {
            return -1;
          }
          matched |= known.holds(wanted) || (fold && known.holds(upper(wanted)));
          previous = 0;
          p = end;
        }
      } else {
        matched |= wanted == given;
        previous = given;
      }
    }
    return -1;
  }

  private int closing(int from) {
    for (int p = from; p < pattern.length; p++) {
      if (pattern[p] == ']') {
        return p;
      }
    }
    return -1;
  }

  private boolean isBetween(int low, int wanted, int high) {
    int upper = fold ? upper(wanted) : wanted;
    return (low <= wanted && wanted <= high) || (low <= upper && upper <= high);
  }

  private int lower(int one) {
    return fold && one >= 'A' && one <= 'Z' ? one + ('a' - 'A') : one;
  }

  private static int upper(int one) {
    return one >= 'a' && one <= 'z' ? one - ('a' - 'A') : one;
  }
}
