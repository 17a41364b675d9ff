package dev.peer.client;

/** Takes what the user should know although nothing failed. Called by any thread. */
@FunctionalInterface
public interface Notices {

  /** One line, without its end. */
  void say(String line);
}
