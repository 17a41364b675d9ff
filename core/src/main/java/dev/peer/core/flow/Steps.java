package dev.peer.core.flow;

/** Follows which step a command is at, so that all of its time can be accounted for. */
public interface Steps {

  /**
   * A step begins, and with it the one before ends.
   *
   * @param name in lower case, such as {@code search} or {@code verify}
   */
  default void step(String name) {}
}
