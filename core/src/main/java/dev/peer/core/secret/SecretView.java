package dev.peer.core.secret;

import java.nio.charset.StandardCharsets;

/**
 * A decoded view of a byte stream, followed with an automaton. Each kind of view decodes one
 * encoding and leaves other bytes as they are, so it finds a value whichever of its characters were
 * encoded.
 */
abstract class SecretView {

  /** Receives a match. */
  @FunctionalInterface
  interface Finds {

    /**
     * The bytes of the stream from {@code start} to before {@code end} hold a value.
     *
     * @param owner whose it is
     */
    void found(long start, long end, int owner);
  }

  private final PatternAutomaton automaton;
  private final Finds finds;
  private final long[] origins;
  private long count;
  private int state;

  private SecretView(PatternAutomaton automaton, Finds finds) {
    this.automaton = automaton;
    this.finds = finds;
    this.origins = new long[Math.max(1, Integer.highestOneBit(automaton.longest()) << 1)];
  }

  /** Takes the byte at this place of the stream. */
  abstract void accept(int value, long at);

  /** Whether this byte changes nothing in a view that is at rest. */
  abstract boolean isInert(int value);

  /** Whether nothing is open: neither the beginning of a match nor an escape. */
  final boolean isAtRest() {
    return state == 0 && escapeFrom() == Long.MAX_VALUE;
  }

  /** Whether no pattern begins with this symbol. */
  final boolean beginsNothing(int symbol) {
    return automaton.step(0, symbol) == 0;
  }

  /** Where an unfinished escape began, or {@link Long#MAX_VALUE}. */
  long escapeFrom() {
    return Long.MAX_VALUE;
  }

  /** The first byte that may be part of a match to come; beyond the stream if there is none. */
  final long openFrom() {
    int open = automaton.openLength(state);
    return open == 0 ? escapeFrom() : origin(open);
  }

  /** Follows a decoded symbol. Where nothing begins no place is noted: no match reaches there. */
  final void push(int symbol, long start, long end) {
    state = automaton.step(state, symbol);
    if (state == 0) {
      return;
    }
    origins[(int) (count++ & (origins.length - 1))] = start;
    int length = automaton.matchLength(state);
    if (length > 0) {
      finds.found(origin(length), end, automaton.matchOwner(state));
    }
  }

  private long origin(int symbolsBack) {
    return origins[(int) ((count - symbolsBack) & (origins.length - 1))];
  }

  /** The bytes as they are. */
  static final class Plain extends SecretView {

    Plain(PatternAutomaton automaton, Finds finds) {
      super(automaton, finds);
    }

    @Override
    void accept(int value, long at) {
      push(value, at, at + 1);
    }

    @Override
    boolean isInert(int value) {
      return beginsNothing(value);
    }
  }

  /** Base64 in both alphabets; a line break, which tools put in, is passed over. */
  static final class Base64 extends SecretView {

    private static final int LONGEST_BREAK = 2;

    private int breaks;

    Base64(PatternAutomaton automaton, Finds finds) {
      super(automaton, finds);
    }

    @Override
    void accept(int value, long at) {
      breaks = value == '\r' || value == '\n' ? breaks + 1 : 0;
      if (breaks > 0 && breaks <= LONGEST_BREAK) {
        return;
      }
      push(standard(value), at, at + 1);
    }

    /** A line break as well: where nothing is open there is nothing to pass over. */
    @Override
    boolean isInert(int value) {
      return beginsNothing(standard(value));
    }

    private static int standard(int value) {
      return switch (value) {
        case '-' -> '+';
        case '_' -> '/';
        default -> value;
      };
    }
  }

  /** A view of an encoding whose escapes begin with one character. */
  private abstract static class Escaped extends SecretView {

    private static final int LONGEST = 6;

    private final char escape;
    private final int[] pending = new int[LONGEST];
    private int length;
    private long from;

    Escaped(PatternAutomaton automaton, Finds finds, char escape) {
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
  }

  /** Percent-encoding, as in URLs and forms; plus and blank are one. */
  static final class Percent extends Escaped {

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
  static final class Json extends Escaped {

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
