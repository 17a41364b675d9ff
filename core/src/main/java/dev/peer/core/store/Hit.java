package dev.peer.core.store;

import dev.peer.core.record.MalformedException;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A result was taken here instead of a run.
 *
 * @param at when
 * @param fromPeer whether it came from another peer for that; otherwise it was in the store
 * @param run how long the run took that it saved
 * @param took how long the hit took
 */
public record Hit(Instant at, boolean fromPeer, Duration run, Duration took) {

  private static final String PEER = "peer";
  private static final String STORE = "store";
  private static final Pattern LINE =
      Pattern.compile("([0-9]{1,15}) (" + PEER + "|" + STORE + ") ([0-9]{1,12}) ([0-9]{1,12})");

  /** How much time it saved; nothing if the run was faster. */
  public Duration saved() {
    Duration saved = run.minus(took);
    return saved.isPositive() ? saved : Duration.ZERO;
  }

  /** Reads a line that {@link #line} wrote. */
  static Hit parse(String line) throws MalformedException {
    Matcher parts = LINE.matcher(line);
    if (!parts.matches()) {
      throw new MalformedException("hit: a time, its source and two durations were expected");
    }
    return new Hit(
        Instant.ofEpochMilli(Long.parseLong(parts.group(1))),
        parts.group(2).equals(PEER),
        Duration.ofMillis(Long.parseLong(parts.group(3))),
        Duration.ofMillis(Long.parseLong(parts.group(4))));
  }

  /** One line, without its end; times in milliseconds. A run's clock may have been set back. */
  String line() {
    return at.toEpochMilli()
        + (fromPeer ? " " + PEER + " " : " " + STORE + " ")
        + Math.max(0, run.toMillis())
        + " "
        + Math.max(0, took.toMillis());
  }
}
