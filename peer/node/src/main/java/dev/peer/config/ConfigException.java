package dev.peer.config;

/** A setting is missing or malformed; the message names it and the reason, the hint the remedy. */
public final class ConfigException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String hint;

  public ConfigException(String message, String hint) {
    super(message);
    this.hint = hint;
  }

  /** One line: the remedy. */
  public String hint() {
    return hint;
  }
}
