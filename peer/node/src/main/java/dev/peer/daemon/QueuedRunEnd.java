package dev.peer.daemon;

import java.util.Arrays;
import java.util.Locale;

/**
 * How a run ended.
 *
 * @param exitCode the exit code of {@code peer run}
 * @param text why it is no pass, or how it came to one, in a line
 */
public record QueuedRunEnd(How how, int exitCode, String text) {

  /** The ways to end. */
  public enum How {
    /** There is a result. */
    PASSED,
    /** There is none: the tests failed, or it could not be run. */
    FAILED,
    /** It was cancelled. */
    CANCELLED,
    /** It was given up: the daemon was killed during it, again and again. */
    LOST,
    /** The daemon ended before it did. It is on the disk, and runs when the daemon is back. */
    POSTPONED;

    /** The name, for people and programs. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    static How parse(String text) {
      return Arrays.stream(values())
          .filter(how -> how.text().equals(text))
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException("no way to end"));
    }
  }

  /** The ending that an exit code means, if the run was not cancelled. */
  public static QueuedRunEnd ofExit(int exitCode, String text) {
    return new QueuedRunEnd(exitCode == 0 ? How.PASSED : How.FAILED, exitCode, text);
  }
}
