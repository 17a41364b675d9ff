package dev.peer.core.progress;

/** Receives what the user should know while an operation runs. */
@FunctionalInterface
public interface Notices extends Steps {

  /** Takes one line, without a prefix and without its end. */
  void say(String line);
}
