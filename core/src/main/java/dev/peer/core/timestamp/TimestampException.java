package dev.peer.core.timestamp;

/** There is no timestamp, or a wrong one; the message is one line. */
public final class TimestampException extends Exception {

  private static final long serialVersionUID = 1L;

  public TimestampException(String message) {
    super(message);
  }

  public TimestampException(String message, Throwable cause) {
    super(message, cause);
  }
}
