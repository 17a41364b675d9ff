package dev.peer.pages;

import java.util.List;

/**
 * Lines of a run that goes on.
 *
 * @param whole those that have ended
 * @param open those that have not; at most one of each stream
 */
public record LogLines(List<LogLine> whole, List<LogLine> open) {

  static final LogLines NONE = new LogLines(List.of(), List.of());

  /** Copies the lists. */
  public LogLines {
    whole = List.copyOf(whole);
    open = List.copyOf(open);
  }

  /** Those after the one of this number. */
  LogLines after(int number) {
    return new LogLines(whole.stream().filter(line -> line.number() > number).toList(), open);
  }
}
