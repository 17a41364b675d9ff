package dev.peer.core.id;

/** Text from outside made fit for an error message: short, and without control characters. */
public final class Printable {

  private static final int LONGEST = 120;
  private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
  private static final int ZERO_WIDTH_JOINER = 0x200D;
  private static final int FIRST_TAG = 0xE0020;
  private static final int LAST_TAG = 0xE007F;

  private Printable() {}

  /** The text in double quotes, cut after 120 characters, each control character as {@code ?}. */
  public static String of(String text) {
    String cut = text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
    return '"' + plain(cut) + '"';
  }

  /** The text with each control character, line break or direction mark as {@code ?}. */
  public static String plain(String text) {
    if (isAscii(text, ' ')) {
      return text;
    }
    StringBuilder shown = new StringBuilder(text.length());
    text.codePoints().forEach(c -> shown.appendCodePoint(isPlain(c) ? c : '?'));
    return shown.toString();
  }

  /**
   * A file's name as a person writes it: as {@link #plain}, but what joins emoji and letters to one
   * sign stays.
   */
  public static String name(String text) {
    if (isAscii(text, ' ')) {
      return text;
    }
    StringBuilder shown = new StringBuilder(text.length());
    text.codePoints().forEach(c -> shown.appendCodePoint(isPlain(c) || joins(c) ? c : '?'));
    return shown.toString();
  }

  private static boolean joins(int codePoint) {
    return codePoint == ZERO_WIDTH_NON_JOINER
        || codePoint == ZERO_WIDTH_JOINER
        || (codePoint >= FIRST_TAG && codePoint <= LAST_TAG);
  }

  /** Whether the text is visible ASCII without blanks. */
  static boolean isVisibleAscii(String text) {
    return isAscii(text, '!');
  }

  private static boolean isAscii(String text, char first) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < first || c > '~') {
        return false;
      }
    }
    return true;
  }

  private static boolean isPlain(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
