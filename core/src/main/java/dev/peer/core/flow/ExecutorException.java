package dev.peer.core.flow;

/**
 * The machinery failed: nothing is known of the tests. The message says what, the hint what to do.
 */
public final class ExecutorException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String hint;

  public ExecutorException(String message, String hint) {
    super(message);
    this.hint = hint;
  }

  public ExecutorException(String message, String hint, Throwable cause) {
    super(message, cause);
    this.hint = hint;
  }

  public String hint() {
    return hint;
  }
}
