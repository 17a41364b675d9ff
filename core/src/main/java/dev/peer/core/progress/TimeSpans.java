package dev.peer.core.progress;

import java.time.Duration;
import java.util.Locale;

/** Lengths of time for people. */
public final class TimeSpans {

  private static final long SECONDS_PER_MINUTE = 60;
  private static final long SECONDS_PER_HOUR = 3600;
  private static final long SECONDS_PER_DAY = 86_400;

  private TimeSpans() {}

  /** How long something took. */
  public static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }

  /** How long ago something was. */
  public static String ago(Duration age) {
    long seconds = Math.max(0, age.toSeconds());
    if (seconds < SECONDS_PER_MINUTE) {
      return seconds + " s ago";
    }
    if (seconds < SECONDS_PER_HOUR) {
      return seconds / SECONDS_PER_MINUTE + " min ago";
    }
    if (seconds < SECONDS_PER_DAY) {
      return seconds / SECONDS_PER_HOUR + " h ago";
    }
    long days = seconds / SECONDS_PER_DAY;
    return days == 1 ? "1 day ago" : days + " days ago";
  }
}
