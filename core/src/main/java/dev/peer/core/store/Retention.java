package dev.peer.core.store;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which results of a repository stay.
 *
 * @param most how many of each target, the ones kept or replayed last; at least 1
 * @param longest how long since then; absent: for ever
 * @param bytes how much their bundles may take together; at least 1
 */
public record Retention(int most, Optional<Duration> longest, long bytes) {

  /** Refuses to keep nothing. */
  public Retention {
    if (most < 1) {
      throw new IllegalArgumentException("at least 1 result is kept, not " + most);
    }
    if (bytes < 1) {
      throw new IllegalArgumentException("at least 1 byte is kept, not " + bytes);
    }
  }

  /** Keeps so many, however old and large. */
  public static Retention ofMost(int most) {
    return new Retention(most, Optional.empty(), Long.MAX_VALUE);
  }

  /** Decides which results are removed, and why. */
  public record Excess(Location entry, Removal.Why why) {}

  /**
   * The results to remove.
   *
   * @param entries the entries of one repository, the latest kept first
   */
  public List<Excess> excess(List<Location> entries, Instant now) {
    List<Excess> excess = new ArrayList<>();
    Map<String, Integer> held = new HashMap<>();
    long room = bytes;
    for (Location entry : entries) {
      if (longest.isPresent() && entry.kept().isBefore(now.minus(longest.get()))) {
        excess.add(new Excess(entry, Removal.Why.AGE));
      } else if (held.getOrDefault(entry.targets(), 0) == most) {
        excess.add(new Excess(entry, Removal.Why.NUMBER));
      } else if (entry.bundleBytes() > room) {
        excess.add(new Excess(entry, Removal.Why.BYTES));
      } else {
        held.merge(entry.targets(), 1, Integer::sum);
        room -= entry.bundleBytes();
      }
    }
    return List.copyOf(excess);
  }
}
