package dev.peer.daemon;

import java.util.Arrays;
import java.util.Locale;

/**
 * Why something is to run.
 *
 * @param kind the kind of caller
 * @param detail which one of them, for people, in one line; may be empty
 */
public record Reason(Kind kind, String detail) {

  private static final int LONGEST = 500;

  /** The cause of a run. */
  public enum Kind {
    /** A user's command, which may wait for it. */
    REQUEST,
    /** A repository that is watched has a new commit. */
    WATCH,
    /** It is time, by a repository's crontab. */
    CRONTAB;

    /** The name, for people and programs. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Kind parse(String text) {
      return Arrays.stream(values())
          .filter(kind -> kind.text().equals(text))
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException("request, watch or crontab expected"));
    }
  }

  /** Refuses a detail that is not one line of at most 500 characters. */
  public Reason {
    if (detail.length() > LONGEST || detail.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("a line of at most " + LONGEST + " characters expected");
    }
  }

  @Override
  public String toString() {
    return detail.isEmpty() ? kind.text() : kind.text() + " " + detail;
  }
}
