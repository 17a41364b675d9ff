package dev.peer.core.flow;

/**
 * Follows which step a command is at, so that all of its time can be accounted for, and how far it
 * is with that, so that whoever waits can be shown it.
 */
public interface Steps {

  /**
   * A step begins, and with it the one before ends.
   *
   * @param name in lower case, such as {@code search} or {@code verify}
   */
  default void step(String name) {}

  /**
   * What the step has to do with or waits for, until it is something else or the next step begins.
   *
   * @param what a few words, such as {@code from CN=laptop}
   */
  default void awaiting(String what) {}

  /**
   * How many bytes the step has moved. Cheap: to be told as often as some are.
   *
   * @param done how many are there
   * @param total how many there will be
   * @return whether the user is shown it, and need not be told in another way
   */
  default boolean moved(long done, long total) {
    return false;
  }
}
