package dev.peer.core.secret;

import java.nio.charset.StandardCharsets;

/** A view of an encoding whose escapes begin with one character. */
abstract class EscapeView extends SecretView {

  private static final int LONGEST = 6;

  private final char escape;
  private final int[] pending = new int[LONGEST];
  private int length;
  private long from;

  EscapeView(PatternAutomaton automaton, Finds finds, char escape) {
    super(automaton, finds);
    this.escape = escape;
  }

  /** The state of an escape after the characters read so far. */
  enum Progress {
    WHOLE,
    BEGUN,
    NONE
  }

  abstract Progress progress(int[] characters, int length);

  /** Pushes the byte that the whole escape stands for. */
  abstract void decode(int[] characters, int length, long start, long end);

  /** Pushes a character that is not escaped. */
  abstract void plain(int value, long at);

  @Override
  final boolean isInert(int value) {
    return value != escape && beginsNothing(meaning(value));
  }

  @Override
  final boolean areInert(int first, int second) {
    return first != escape && second != escape && beginNothing(meaning(first), meaning(second));
  }

  /** The byte that an unescaped character stands for. */
  int meaning(int value) {
    return value;
  }

  @Override
  final void accept(int value, long at) {
    if (length == 0 && value != escape) {
      plain(value, at);
      return;
    }
    from = length == 0 ? at : from;
    pending[length++] = value;
    switch (length == 1 ? Progress.BEGUN : progress(pending, length)) {
      case BEGUN -> {}
      case WHOLE -> {
        int whole = length;
        length = 0;
        decode(pending, whole, from, at + 1);
      }
      case NONE -> {
        int failed = length - 1;
        length = 0;
        for (int i = 0; i < failed; i++) {
          plain(pending[i], from + i);
        }
        accept(value, at);
      }
    }
  }

  @Override
  long escapeFrom() {
    return length == 0 ? Long.MAX_VALUE : from;
  }

  static int hex(int[] characters, int first, int length) {
    int value = 0;
    for (int i = first; i < length; i++) {
      value = value * 16 + Character.digit(characters[i], 16);
    }
    return value;
  }

  static boolean isHex(int character) {
    return character < 128 && Character.digit(character, 16) >= 0;
  }

  /** Percent-encoding, as in URLs and forms; plus and blank are one. */
  static final class Percent extends EscapeView {

    Percent(PatternAutomaton automaton, Finds finds) {
      super(automaton, finds, '%');
    }

    @Override
    Progress progress(int[] characters, int length) {
      if (!isHex(characters[length - 1])) {
        return Progress.NONE;
      }
      return length == 3 ? Progress.WHOLE : Progress.BEGUN;
    }

    @Override
    void decode(int[] characters, int length, long start, long end) {
      push(meaning(hex(characters, 1, length)), start, end);
    }

    @Override
    void plain(int value, long at) {
      push(meaning(value), at, at + 1);
    }

    @Override
    int meaning(int value) {
      return value == '+' ? ' ' : value;
    }
  }

  /** The escapes of JSON's strings. */
  static final class Json extends EscapeView {

    private static final String SHORT = "\"\\/bfnrt";
    private static final String MEANT = "\"\\/\b\f\n\r\t";

    private char high;
    private long highFrom;

    Json(PatternAutomaton automaton, Finds finds) {
      super(automaton, finds, '\\');
    }

    @Override
    Progress progress(int[] characters, int length) {
      int last = characters[length - 1];
      if (length == 2) {
        return last == 'u'
            ? Progress.BEGUN
            : SHORT.indexOf(last) >= 0 ? Progress.WHOLE : Progress.NONE;
      }
      if (!isHex(last)) {
        return Progress.NONE;
      }
      return length == 6 ? Progress.WHOLE : Progress.BEGUN;
    }

    @Override
    void decode(int[] characters, int length, long start, long end) {
      if (length == 2) {
        dropHigh();
        push(MEANT.charAt(SHORT.indexOf(characters[1])), start, end);
        return;
      }
      char unit = (char) hex(characters, 2, length);
      if (Character.isHighSurrogate(unit)) {
        dropHigh();
        high = unit;
        highFrom = start;
      } else if (Character.isLowSurrogate(unit) && high != 0) {
        String character = new String(new char[] {high, unit});
        high = 0;
        pushAll(character, highFrom, end);
      } else {
        dropHigh();
        pushAll(String.valueOf(unit), start, end);
      }
    }

    @Override
    void plain(int value, long at) {
      dropHigh();
      push(value, at, at + 1);
    }

    @Override
    long escapeFrom() {
      return high == 0 ? super.escapeFrom() : highFrom;
    }

    /** Half a character, and the other half did not follow: in no value. */
    private void dropHigh() {
      if (high != 0) {
        high = 0;
        push(-1, highFrom, highFrom);
      }
    }

    private void pushAll(String character, long start, long end) {
      for (byte part : character.getBytes(StandardCharsets.UTF_8)) {
        push(part & 0xff, start, end);
      }
    }
  }
}
