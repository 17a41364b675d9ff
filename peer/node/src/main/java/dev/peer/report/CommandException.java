package dev.peer.report;

/** Ends the command with an error line, a hint and an exit code. */
public final class CommandException extends Exception {

  private static final long serialVersionUID = 1L;

  private final int exitCode;
  private final String hint;

  public CommandException(int exitCode, String message, String hint) {
    super(message);
    this.exitCode = exitCode;
    this.hint = hint;
  }

  public CommandException(int exitCode, String message, String hint, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
    this.hint = hint;
  }

  public int exitCode() {
    return exitCode;
  }

  String hint() {
    return hint;
  }
}
