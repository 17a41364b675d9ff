package dev.peer.core.sign;

/** Evidence that does not hold; the message is one line that says why. */
public final class VerificationException extends Exception {

  private static final long serialVersionUID = 1L;

  public VerificationException(String message) {
    super(message);
  }

  public VerificationException(String message, Throwable cause) {
    super(message, cause);
  }
}
