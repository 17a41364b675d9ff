package dev.peer.cli;

import dev.peer.terminal.SystemTerminal;

/** That a command which opens a shell was started at a terminal. */
final class TerminalRequirement {

  private TerminalRequirement() {}

  /** Refuses to open a shell where nobody could use it. */
  static void check(String what) throws CommandException {
    if (!SystemTerminal.isThere()) {
      throw new CommandException(
          ExitCode.USAGE,
          what + " needs a terminal at stdin and stdout",
          "start it from a terminal, without pipes; `peer run --freeze` keeps a failing guest for"
              + " later");
    }
  }
}
