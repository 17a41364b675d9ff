package dev.peer.core.record;

/** Bytes from outside that do not have the form they must have; the message says what is wrong. */
public final class MalformedException extends Exception {

  private static final long serialVersionUID = 1L;

  public MalformedException(String message) {
    super(message);
  }

  public MalformedException(String message, Throwable cause) {
    super(message, cause);
  }
}
