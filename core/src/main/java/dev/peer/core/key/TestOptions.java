package dev.peer.core.key;

/**
 * What a repository asks for its tests besides the usual.
 *
 * @param limits what the tests' container may use
 * @param retries how often a failing test stage is run again
 */
public record TestOptions(ContainerLimits limits, int retries) {

  /** The most tries that a run can have. */
  public static final int MOST_TRIES = 10;

  /** The most retries that a run can have. */
  public static final int MOST_RETRIES = MOST_TRIES - 1;

  /** Nothing but the usual. */
  public static final TestOptions DEFAULT = new TestOptions(ContainerLimits.DEFAULT, 0);

  /** Refuses a number of retries that no run can have. */
  public TestOptions {
    if (retries < 0 || retries > MOST_RETRIES) {
      throw new IllegalArgumentException("retries: 0 to " + MOST_RETRIES + " were expected");
    }
  }

  /** The most often that the test stage is run. */
  public int allowedTries() {
    return retries + 1;
  }
}
