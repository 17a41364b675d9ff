package dev.peer.core.store;

import java.time.Duration;
import java.util.List;

/**
 * What hits add up to.
 *
 * @param saved the time that they saved together
 */
public record HitSum(int count, Duration saved) {

  /** Adds hits up. */
  public static HitSum of(List<Hit> hits) {
    return new HitSum(
        hits.size(), hits.stream().map(Hit::saved).reduce(Duration.ZERO, Duration::plus));
  }
}
