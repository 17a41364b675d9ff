package dev.peer.run;

import java.time.Duration;
import java.util.Optional;

/**
 * What taking a runtime costs, and what it saves.
 *
 * @param making how long preparing what is in it takes
 * @param moving how long it takes to come; empty: nobody knows
 */
record RuntimeCost(Duration making, Optional<Duration> moving) {

  /** Whether it comes no later than it is made. One of unknown cost is taken, and so measured. */
  boolean isWorthMoving() {
    return moving.isEmpty() || moving.get().compareTo(making) <= 0;
  }

  @Override
  public String toString() {
    return moving
            .map(time -> "moving it takes about " + seconds(time) + ", as fast as the last came, ")
            .orElse("how long moving it takes is not known, ")
        + "and preparing takes "
        + seconds(making);
  }

  private static String seconds(Duration time) {
    return time.toSeconds() + " s";
  }
}
