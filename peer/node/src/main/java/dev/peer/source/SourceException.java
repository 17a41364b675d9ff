package dev.peer.source;

/** The repository or the revision is not usable; the message says why, the hint is the remedy. */
public final class SourceException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String hint;

  public SourceException(String message, String hint) {
    super(message);
    this.hint = hint;
  }

  public SourceException(String message, String hint, Throwable cause) {
    super(message, cause);
    this.hint = hint;
  }

  /** One line: the remedy. */
  public String hint() {
    return hint;
  }
}
