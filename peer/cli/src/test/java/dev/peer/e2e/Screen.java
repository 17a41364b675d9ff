package dev.peer.e2e;

import java.util.ArrayList;
import java.util.List;

/** What a terminal of endless width and height shows, as far as its text and one line go. */
final class Screen {

  private static final String ERASE_TO_LINE_END = "\u001b[K";

  private final List<String> lines = new ArrayList<>();
  private String line = "";
  private int column;

  private Screen() {}

  /** The lines that are there when all of this was written to it. */
  static List<String> of(String written) {
    Screen screen = new Screen();
    for (int at = 0; at < written.length(); at++) {
      if (written.startsWith(ERASE_TO_LINE_END, at)) {
        screen.line = screen.line.substring(0, screen.column);
        at += ERASE_TO_LINE_END.length() - 1;
      } else {
        screen.write(written.charAt(at));
      }
    }
    screen.lines.add(screen.line);
    return screen.lines;
  }

  private void write(char one) {
    switch (one) {
      case '\r' -> column = 0;
      case '\n' -> {
        lines.add(line);
        line = " ".repeat(column);
      }
      default -> {
        String rest = column < line.length() ? line.substring(column + 1) : "";
        line = line.substring(0, column) + one + rest;
        column++;
      }
    }
  }
}
