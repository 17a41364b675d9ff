package dev.peer.pages;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far a reader has got in the output of a run in progress.
 *
 * @param stages how many lines of the stages it has
 * @param output how many lines of the test it has
 */
record LogPosition(int stages, int output) {

  private static final Pattern FORM = Pattern.compile("([0-9]{1,5})-([0-9]{1,5})");

  /** Reads the form of {@link #text}; empty: it is none. */
  static Optional<LogPosition> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new LogPosition(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))))
        : Optional.empty();
  }

  /** As the id of an event. */
  String text() {
    return stages + "-" + output;
  }
}
