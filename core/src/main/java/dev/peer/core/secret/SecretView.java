package dev.peer.core.secret;

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

  SecretView(PatternAutomaton automaton, Finds finds) {
    this.automaton = automaton;
    this.finds = finds;
    this.origins = new long[Math.max(1, Integer.highestOneBit(automaton.longest()) << 1)];
  }

  /** Takes the byte at this place of the stream. */
  abstract void accept(int value, long at);

  /** Whether this byte changes nothing in a view that is at rest. */
  abstract boolean isInert(int value);

  /** Whether these bytes one after the other leave a view at rest that is at rest. */
  abstract boolean areInert(int first, int second);

  /** Whether nothing is open: neither the beginning of a match nor an escape. */
  final boolean isAtRest() {
    return state == 0 && escapeFrom() == Long.MAX_VALUE;
  }

  /** Whether no pattern begins with this symbol. */
  final boolean beginsNothing(int symbol) {
    return automaton.step(0, symbol) == 0;
  }

  /** Whether no pattern begins with the first of these symbols, and goes on, or with the second. */
  final boolean beginNothing(int first, int second) {
    return automaton.step(automaton.step(0, first), second) == 0;
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

    @Override
    boolean areInert(int first, int second) {
      return beginNothing(first, second);
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

    @Override
    boolean areInert(int first, int second) {
      boolean broken = second == '\r' || second == '\n';
      return broken ? isInert(first) : beginNothing(standard(first), standard(second));
    }

    private static int standard(int value) {
      return switch (value) {
        case '-' -> '+';
        case '_' -> '/';
        default -> value;
      };
    }
  }
}
