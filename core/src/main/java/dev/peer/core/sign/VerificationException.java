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

  /** Throws one with the message, unless it holds. */
  static void require(boolean holds, String otherwise) throws VerificationException {
    if (!holds) {
      throw new VerificationException(otherwise);
    }
  }
}
