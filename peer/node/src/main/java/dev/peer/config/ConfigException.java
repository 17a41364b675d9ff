package dev.peer.config;

/** A setting is missing or malformed; the message says which and why, the hint what to do. */
public final class ConfigException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String hint;

  public ConfigException(String message, String hint) {
    super(message);
    this.hint = hint;
  }

  /** One line: what the user can do about it. */
  public String hint() {
    return hint;
  }
}
