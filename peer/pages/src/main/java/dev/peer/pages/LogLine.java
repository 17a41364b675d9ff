package dev.peer.pages;

import java.util.List;

/**
 * A line of output.
 *
 * @param number its number, from 1; 0: it has no end yet
 * @param error whether it came on stderr
 */
public record LogLine(int number, boolean error, List<Span> spans) {

  /** Copies the list. */
  public LogLine {
    spans = List.copyOf(spans);
  }

  /** Whether all of it is there. */
  public boolean isWhole() {
    return number > 0;
  }

  /**
   * A piece of a line in one style.
   *
   * @param text as it is, without escapes
   * @param style the names of classes of the style sheet, of this program's own words; empty: plain
   */
  public record Span(String text, String style) {}
}
