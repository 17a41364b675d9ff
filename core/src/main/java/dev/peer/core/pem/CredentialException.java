package dev.peer.core.pem;

/**
 * A certificate, key or revocation list of our own cannot be used. Neither text holds any part of a
 * key.
 */
public final class CredentialException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String hint;

  /**
   * Takes both texts.
   *
   * @param message one line: what is wrong, and with what
   * @param hint one line: what to do about it
   */
  public CredentialException(String message, String hint) {
    super(message);
    this.hint = hint;
  }

  /** As {@link #CredentialException(String, String)}, with what was found out below. */
  public CredentialException(String message, String hint, Throwable cause) {
    super(message, cause);
    this.hint = hint;
  }

  /** One line: what to do about it. */
  public String hint() {
    return hint;
  }
}
