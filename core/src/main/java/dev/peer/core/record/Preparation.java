package dev.peer.core.record;

import dev.peer.core.id.Digest;
import java.time.Duration;

/**
 * How the last preparation of a kept disk went.
 *
 * @param network what it could reach
 * @param log the digest of its output, secrets masked: stdout and stderr as they came
 * @param took how long all preparations of the disk took together, in whole milliseconds
 */
public record Preparation(PreparationNetwork network, Digest log, Duration took) {

  /** The longest that may be stated. */
  public static final Duration LONGEST = Duration.ofDays(365);

  /** Refuses a time that is negative or longer than {@link #LONGEST}. */
  public Preparation {
    if (took.isNegative() || took.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("not the time of preparations: " + took);
    }
    took = Duration.ofMillis(took.toMillis());
  }
}
