package dev.peer.core.secret;

/** A secret is missing or cannot be passed; the message names it and never holds its value. */
public final class SecretException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String hint;

  public SecretException(String message, String hint) {
    super(message);
    this.hint = hint;
  }

  /** One line: what the user can do about it. */
  public String hint() {
    return hint;
  }
}
