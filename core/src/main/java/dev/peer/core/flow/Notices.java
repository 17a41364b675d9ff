package dev.peer.core.flow;

/** Takes what the user should know while something goes on. */
@FunctionalInterface
public interface Notices extends Steps {

  /** Takes one line, without a prefix and without its end. */
  void say(String line);
}
