package dev.peer.cli;

/** Ends the command with an error line, a hint and an exit code. */
final class CommandException extends Exception {

  private static final long serialVersionUID = 1L;

  private final int exitCode;
  private final String hint;

  CommandException(int exitCode, String message, String hint) {
    super(message);
    this.exitCode = exitCode;
    this.hint = hint;
  }

  CommandException(int exitCode, String message, String hint, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
    this.hint = hint;
  }

  int exitCode() {
    return exitCode;
  }

  String hint() {
    return hint;
  }
}
