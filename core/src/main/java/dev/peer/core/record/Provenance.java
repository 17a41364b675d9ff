package dev.peer.core.record;

import dev.peer.core.id.Printable;
import java.util.regex.Pattern;

/** What shaped a run besides its inputs, and how it went. */
public sealed interface Provenance {

  /** Whose code can have shaped the disk that the machine started from. */
  KeptOrigin origin();

  /**
   * Nothing is said: evidence of version 1, which peer 0.5 signs. Its machines may have started
   * from a disk that any revision wrote.
   */
  record Unstated() implements Provenance {

    @Override
    public KeptOrigin origin() {
      return KeptOrigin.ANY;
    }
  }

  /**
   * The provenance that evidence of version 2 states.
   *
   * @param startedFrom the disk that the machine started from
   * @param preparationNetwork what the preparation could reach
   * @param mk the version of the guest's mk
   * @param agent the version of the guest's agent
   * @param tries how often the tests were tried
   * @param stages how long the stages took
   */
  record Stated(
      StartedFrom startedFrom,
      PreparationNetwork preparationNetwork,
      String mk,
      String agent,
      Tries tries,
      StageTimes stages)
      implements Provenance {

    private static final Pattern VERSION = Pattern.compile("[!-~]([ -~]{0,98}[!-~])?");

    /** Refuses versions that are not 1 to 100 printable ASCII characters. */
    public Stated {
      requireVersion(mk);
      requireVersion(agent);
    }

    @Override
    public KeptOrigin origin() {
      return startedFrom.origin();
    }

    /** Returns the version of a tool; refuses any other text. */
    public static String requireVersion(String version) {
      if (!VERSION.matcher(version).matches()) {
        throw new IllegalArgumentException(
            "not a version (1 to 100 printable ASCII characters expected): "
                + Printable.of(version));
      }
      return version;
    }
  }
}
