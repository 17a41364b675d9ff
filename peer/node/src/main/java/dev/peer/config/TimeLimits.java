package dev.peer.config;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How long a run may take.
 *
 * @param run all of it
 * @param stages the limits of stages, by name; other stages have no limit of their own
 */
public record TimeLimits(Duration run, Map<String, Duration> stages) {

  /** The stages that may have a limit of their own, in their order. */
  public static final List<String> STAGES =
      List.of("checkout", "prepare", "test", "artifacts", "post-test");

  /** Copies the map. */
  public TimeLimits {
    stages = Map.copyOf(stages);
  }

  /** The longer of both; a stage has a limit if it has one in both. */
  TimeLimits atLeast(TimeLimits other) {
    Map<String, Duration> longest = new HashMap<>(stages);
    longest.keySet().retainAll(other.stages.keySet());
    longest.replaceAll((stage, limit) -> longer(limit, other.stages.get(stage)));
    return new TimeLimits(longer(run, other.run), longest);
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }
}
