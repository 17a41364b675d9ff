package dev.peer.schedule;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

/** What a mkfile's text shows without mk. */
final class MkfileText {

  /** The characters that mk replaces before it reads targets, or reads as text. */
  private static final Pattern EXPANDED = Pattern.compile("[$`'\"\\\\]");

  /** Targets, and attributes of which one has it that they are regular expressions. */
  private static final Pattern REGULAR_EXPRESSION = Pattern.compile("[^:]*:[A-Z]*R[A-Z]*:.*");

  private MkfileText() {}

  /**
   * Whether it certainly has no rule for a file. If the text does not decide, there may be one: mk
   * knows.
   */
  static boolean surelyHasNoRule(byte[] mkfile, String file) {
    String name = file.substring(file.lastIndexOf('/') + 1);
    String text = new String(mkfile, StandardCharsets.ISO_8859_1).replace("\\\n", " ");
    return !text.contains(name) && text.lines().allMatch(line -> surelyNoRule(line, file));
  }

  private static boolean surelyNoRule(String line, String file) {
    if (line.isEmpty() || line.startsWith("#") || Character.isWhitespace(line.charAt(0))) {
      return true;
    }
    if (line.startsWith("<")) {
      return false;
    }
    int end = line.indexOf(':');
    if (end < 0 || isAssignment(line, end)) {
      return true;
    }
    String targets = line.substring(0, end);
    return !EXPANDED.matcher(targets).find()
        && !REGULAR_EXPRESSION.matcher(line).matches()
        && Arrays.stream(targets.split("[ \t]+")).noneMatch(target -> mayMatch(target, file));
  }

  private static boolean isAssignment(String line, int colon) {
    int equals = line.indexOf('=');
    return equals >= 0 && equals < colon;
  }

  private static boolean mayMatch(String target, String file) {
    int at = Math.max(target.indexOf('%'), target.indexOf('&'));
    return at >= 0
        && file.startsWith(target.substring(0, at))
        && file.endsWith(target.substring(at + 1));
  }
}
