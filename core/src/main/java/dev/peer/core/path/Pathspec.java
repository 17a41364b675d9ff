package dev.peer.core.path;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One element of git's pathspec, as given at the root of a repository. */
public final class Pathspec {

  private static final int LONGEST = 1000;

  /** Signs of the short form that git keeps for magic, known or not. */
  private static final String SIGNS = "!\"#%&',-/:;<=>@_`~";

  private enum Magic {
    TOP,
    LITERAL,
    GLOB,
    ICASE,
    EXCLUDE;

    static Magic named(String name) {
      for (Magic magic : values()) {
        if (magic.name().toLowerCase(Locale.ROOT).equals(name)) {
          return magic;
        }
      }
      throw new IllegalArgumentException(
          "knows no magic of the name "
              + name
              + "; of git's it knows "
              + Stream.of(values())
                  .map(known -> known.name().toLowerCase(Locale.ROOT))
                  .collect(Collectors.joining(", ")));
    }
  }

  private final String text;
  private final Set<Magic> magic = EnumSet.noneOf(Magic.class);
  private final byte[] pattern;

  /** How many bytes of the pattern stand for themselves, before its first wildcard. */
  private final int plain;

  private Pathspec(String text) {
    this.text = text;
    String path = withoutMagic(text);
    if (magic.contains(Magic.GLOB) && magic.contains(Magic.LITERAL)) {
      throw new IllegalArgumentException("is both glob and literal");
    }
    this.pattern =
        (magic.contains(Magic.TOP) ? path : normal(path)).getBytes(StandardCharsets.UTF_8);
    this.plain = magic.contains(Magic.LITERAL) ? pattern.length : Wildmatch.plain(pattern, 0);
  }

  /** Reads one; refuses what git refuses, attributes, and places outside of the repository. */
  public static Pathspec parse(String text) {
    if (text.isEmpty() || text.equals(":") || text.length() > LONGEST) {
      throw new IllegalArgumentException("is empty or longer than " + LONGEST + " characters");
    }
    return new Pathspec(text);
  }

  private String withoutMagic(String whole) {
    if (!whole.startsWith(":")) {
      return whole;
    }
    return whole.startsWith(":(") ? withoutLongMagic(whole) : withoutShortMagic(whole);
  }

  private String withoutLongMagic(String whole) {
    int end = whole.indexOf(')');
    if (end < 0) {
      throw new IllegalArgumentException("has no ) at the end of its magic");
    }
    for (String name : whole.substring(2, end).split(",", -1)) {
      if (!name.isEmpty()) {
        magic.add(Magic.named(name));
      }
    }
    return whole.substring(end + 1);
  }

  private String withoutShortMagic(String whole) {
    int at = 1;
    for (; at < whole.length() && whole.charAt(at) != ':'; at++) {
      char sign = whole.charAt(at);
      if (sign == '!' || sign == '^') {
        magic.add(Magic.EXCLUDE);
      } else if (sign == '/') {
        magic.add(Magic.TOP);
      } else if (SIGNS.indexOf(sign) >= 0) {
        throw new IllegalArgumentException("has magic that git does not know: " + sign);
      } else {
        break;
      }
    }
    return whole.substring(at < whole.length() && whole.charAt(at) == ':' ? at + 1 : at);
  }

  private static String normal(String path) {
    Deque<String> parts = new ArrayDeque<>();
    for (String part : path.split("/", -1)) {
      boolean up = part.equals("..");
      if ((up && parts.pollLast() == null) || path.startsWith("/")) {
        throw new IllegalArgumentException("leads out of the repository, at whose root it begins");
      }
      if (!up && !part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    boolean directory = path.endsWith("/") || path.endsWith("/.") || path.endsWith("/..");
    return String.join("/", parts) + (directory && !parts.isEmpty() ? "/" : "");
  }

  /** Whether it names what is left out. */
  public boolean excludes() {
    return magic.contains(Magic.EXCLUDE);
  }

  /**
   * Whether it matches an entry of a tree's index.
   *
   * @param path from the root, as the tree has it
   * @param submodule whether the entry is one, which is matched like a directory
   */
  public boolean matches(byte[] path, boolean submodule) {
    if (pattern.length == 0) {
      return true;
    }
    boolean directory = pattern[pattern.length - 1] == '/';
    if (pattern.length <= path.length && isSame(path, 0, 0, pattern.length)) {
      if (pattern.length == path.length || directory || path[pattern.length] == '/') {
        return true;
      }
    } else if (submodule
        && directory
        && path.length == pattern.length - 1
        && isSame(path, 0, 0, path.length)) {
      return true;
    }
    return plain < pattern.length && matchesWildcards(path);
  }

  private boolean matchesWildcards(byte[] path) {
    if (path.length < plain || !isSame(path, 0, 0, plain)) {
      return false;
    }
    boolean glob = magic.contains(Magic.GLOB);
    boolean oneStar =
        pattern[plain] == '*' && Wildmatch.plain(pattern, plain + 1) == pattern.length;
    if (oneStar && !glob) {
      int rest = pattern.length - plain - 1;
      return path.length - plain >= rest && isSame(path, path.length - rest, plain + 1, rest);
    }
    return Wildmatch.matches(rest(pattern), rest(path), glob, magic.contains(Magic.ICASE));
  }

  private byte[] rest(byte[] bytes) {
    return Arrays.copyOfRange(bytes, plain, bytes.length);
  }

  private boolean isSame(byte[] path, int at, int in, int length) {
    boolean fold = magic.contains(Magic.ICASE);
    for (int i = 0; i < length; i++) {
      byte one = path[at + i];
      byte other = pattern[in + i];
      if (one != other && !(fold && lower(one) == lower(other))) {
        return false;
      }
    }
    return true;
  }

  private static int lower(byte one) {
    return one >= 'A' && one <= 'Z' ? one + ('a' - 'A') : one;
  }

  /** As it was given. */
  @Override
  public String toString() {
    return text;
  }
}
