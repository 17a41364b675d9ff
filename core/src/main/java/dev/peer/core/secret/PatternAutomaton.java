package dev.peer.core.secret;

import java.util.Arrays;

/**
 * Aho and Corasick's automaton: follows all patterns at once, one symbol at a time. The state is a
 * number, 0 at the start. Immutable, so that any number of streams can be followed with one.
 */
final class PatternAutomaton {

  private static final int SYMBOLS = 256;
  private static final int NONE = -1;

  private final int[] start;
  private final int[] firstChild;
  private final int[] nextSibling;
  private final byte[] label;
  private final int[] fallback;
  private final int[] matchLength;
  private final int[] matchOwner;
  private final int[] openLength;
  private final int longest;

  private PatternAutomaton(Builder built) {
    int size = built.size;
    this.start = built.start;
    this.firstChild = Arrays.copyOf(built.firstChild, size);
    this.nextSibling = Arrays.copyOf(built.nextSibling, size);
    this.label = Arrays.copyOf(built.label, size);
    this.fallback = new int[size];
    this.matchLength = new int[size];
    this.matchOwner = Arrays.copyOf(built.owner, size);
    this.openLength = new int[size];
    this.longest = link();
  }

  /** Collects patterns; whose a pattern is, is a number of the caller's. */
  static final class Builder {

    private final int[] start = new int[SYMBOLS];
    private int[] firstChild = new int[SYMBOLS];
    private int[] nextSibling = new int[SYMBOLS];
    private byte[] label = new byte[SYMBOLS];
    private int[] owner = new int[SYMBOLS];
    private int size = 1;

    Builder() {
      owner[0] = NONE;
    }

    /** Adds a pattern that is not empty; of two equal ones the first one's owner counts. */
    Builder add(byte[] pattern, int whose) {
      int state = start[pattern[0] & 0xff];
      if (state == 0) {
        state = grow(pattern[0]);
        start[pattern[0] & 0xff] = state;
      }
      for (int i = 1; i < pattern.length; i++) {
        state = childOrNew(state, pattern[i]);
      }
      if (owner[state] == NONE) {
        owner[state] = whose;
      }
      return this;
    }

    PatternAutomaton build() {
      return new PatternAutomaton(this);
    }

    private int childOrNew(int state, byte symbol) {
      for (int child = firstChild[state]; child != 0; child = nextSibling[child]) {
        if (label[child] == symbol) {
          return child;
        }
      }
      int made = grow(symbol);
      nextSibling[made] = firstChild[state];
      firstChild[state] = made;
      return made;
    }

    private int grow(byte symbol) {
      if (size == owner.length) {
        int larger = size * 2;
        firstChild = Arrays.copyOf(firstChild, larger);
        nextSibling = Arrays.copyOf(nextSibling, larger);
        label = Arrays.copyOf(label, larger);
        owner = Arrays.copyOf(owner, larger);
      }
      label[size] = symbol;
      owner[size] = NONE;
      return size++;
    }
  }

  /** The state after one more symbol, a byte; any other number is in no pattern. */
  int step(int state, int symbol) {
    if (symbol < 0) {
      return 0;
    }
    int from = state;
    while (from != 0) {
      int child = child(from, (byte) symbol);
      if (child != 0) {
        return child;
      }
      from = fallback[from];
    }
    return start[symbol];
  }

  /** The length of the longest pattern that ends here, 0 if none does. */
  int matchLength(int state) {
    return matchLength[state];
  }

  /** Whose that pattern is. */
  int matchOwner(int state) {
    return matchOwner[state];
  }

  /** How many of the last symbols may be the beginning of a pattern that is not there yet. */
  int openLength(int state) {
    return openLength[state];
  }

  /** The length of the longest pattern. */
  int longest() {
    return longest;
  }

  private int child(int state, byte symbol) {
    for (int child = firstChild[state]; child != 0; child = nextSibling[child]) {
      if (label[child] == symbol) {
        return child;
      }
    }
    return 0;
  }

  /**
   * Fills in the values that depend on shorter states, in the order of their length; returns the
   * longest.
   */
  private int link() {
    int[] queue = new int[fallback.length];
    int[] length = new int[fallback.length];
    int end = 0;
    for (int first : start) {
      if (first != 0) {
        length[first] = 1;
        queue[end++] = first;
      }
    }
    for (int at = 0; at < end; at++) {
      int state = queue[at];
      settle(state, length[state]);
      for (int child = firstChild[state]; child != 0; child = nextSibling[child]) {
        length[child] = length[state] + 1;
        fallback[child] = step(fallback[state], label[child] & 0xff);
        queue[end++] = child;
      }
    }
    return end == 0 ? 0 : length[queue[end - 1]];
  }

  private void settle(int state, int length) {
    int shorter = fallback[state];
    if (matchOwner[state] != NONE) {
      matchLength[state] = length;
    } else {
      matchLength[state] = matchLength[shorter];
      matchOwner[state] = matchOwner[shorter];
    }
    openLength[state] = firstChild[state] != 0 ? length : openLength[shorter];
  }
}
