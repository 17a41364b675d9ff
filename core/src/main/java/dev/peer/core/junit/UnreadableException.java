package dev.peer.core.junit;

/** A report cannot be read. The message goes on from its name. */
final class UnreadableException extends Exception {

  private static final long serialVersionUID = 1L;

  UnreadableException(String message) {
    super(message);
  }
}
