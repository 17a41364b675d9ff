package dev.peer.pki.cli;

/** The request cannot be done; the texts say why not, and what to do. */
final class CommandException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String hint;

  CommandException(String message, String hint) {
    super(message);
    this.hint = hint;
  }

  String hint() {
    return hint;
  }
}
