package dev.peer.source.command;

/** What a command said. */
public sealed interface Answer {

  /**
   * It succeeded.
   *
   * @param text its standard output
   */
  record Said(String text) implements Answer {}

  /**
   * It failed, which may be the answer.
   *
   * @param words its standard error
   */
  record Failed(String words) implements Answer {}

  /** There is no such command on the {@code PATH}. */
  record NotThere(String command) implements Answer {}
}
