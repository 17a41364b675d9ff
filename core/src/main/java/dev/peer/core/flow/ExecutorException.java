package dev.peer.core.flow;

/**
 * The machinery failed, so the tests have no outcome. The message says what failed, the hint what
 * to do.
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
