package dev.peer.core.progress;

/**
 * Tracks the current step of a command, so that all of its time is accounted for, and its progress,
 * so that a waiting user can see it.
 */
public interface Steps {

  /** Takes the next event of progress. */
  default void progress(RunEvent.Progress event) {}

  /** Whether a user is shown progress, and need not be told in another way. */
  default boolean showsProgress() {
    return false;
  }

  /**
   * A step begins, and with it the one before ends.
   *
   * @param name in lower case, such as {@code search} or {@code verify}
   */
  default void step(String name) {
    progress(new RunEvent.Step(name));
  }

  /**
   * Says what the step works on or waits for, until the next call or the next step.
   *
   * @param what a few words, such as {@code from CN=laptop}
   */
  default void awaiting(String what) {
    progress(new RunEvent.Awaiting(what));
  }

  /**
   * How many bytes the step has moved. Cheap: to be told as often as some are.
   *
   * @param done how many are there
   * @param total how many there will be
   */
  default void moved(long done, long total) {
    progress(new RunEvent.Moved(done, total));
  }
}
