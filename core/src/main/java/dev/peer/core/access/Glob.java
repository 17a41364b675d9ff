package dev.peer.core.access;

import java.util.List;

/**
 * A pattern in which {@code *} stands for any characters, also none.
 *
 * @param literals the texts between the stars, at least one
 */
record Glob(List<String> literals) {

  /** Copies the list. */
  Glob {
    literals = List.copyOf(literals);
  }

  /** One that is written without a way to write a star that stands for itself. */
  static Glob of(String pattern) {
    return new Glob(List.of(pattern.split("\\*", -1)));
  }

  /** Takes each literal at its first place after the one before: no backtracking is needed. */
  boolean matches(String text) {
    String first = literals.getFirst();
    if (literals.size() == 1) {
      return text.equals(first);
    }
    String last = literals.getLast();
    if (!text.startsWith(first)) {
      return false;
    }
    int at = first.length();
    for (String literal : literals.subList(1, literals.size() - 1)) {
      int found = text.indexOf(literal, at);
      if (found < 0) {
        return false;
      }
      at = found + literal.length();
    }
    return text.length() - last.length() >= at && text.endsWith(last);
  }
}
