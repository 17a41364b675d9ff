package dev.peer.core.record;

import dev.peer.core.id.Printable;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How long the stages of a run took, as its signer says; nothing depends on it.
 *
 * @param list the stages in their order, each once; none if nothing is stated
 */
public record StageTimes(List<Stage> list) {

  /** The most stages that may be named. */
  public static final int MOST = 16;

  /** The longest that a stage may be stated to take. */
  public static final Duration LONGEST = Duration.ofDays(365);

  /** Nothing is stated. */
  public static final StageTimes UNSTATED = new StageTimes(List.of());

  /**
   * A stage; the tests are one, with all their tries.
   *
   * @param took from its beginning to that of the next stage, in whole milliseconds
   */
  public record Stage(String name, Duration took) {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z-]{0,30}");

    /**
     * Cuts the time to milliseconds; refuses a name of another form, and a time that is negative or
     * longer than {@link #LONGEST}.
     */
    public Stage {
      if (!NAME.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "not a stage (1 to 31 lower-case letters and hyphens expected): " + Printable.of(name));
      }
      if (took.isNegative() || took.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException("not the time of a stage: " + took);
      }
      took = Duration.ofMillis(took.toMillis());
    }
  }

  /** Copies the list; refuses too many stages, and one that is named twice. */
  public StageTimes {
    list = List.copyOf(list);
    if (list.size() > MOST) {
      throw new IllegalArgumentException("a run of at most " + MOST + " stages was expected");
    }
    if (list.stream().map(Stage::name).distinct().count() < list.size()) {
      throw new IllegalArgumentException("a stage is named twice");
    }
  }

  /** How long all of them took together. */
  public Duration total() {
    return list.stream().map(Stage::took).reduce(Duration.ZERO, Duration::plus);
  }

  /** Whether a run that took so long can have had them. */
  boolean fitInto(Duration run) {
    return list.isEmpty() || total().compareTo(run) <= 0;
  }
}
