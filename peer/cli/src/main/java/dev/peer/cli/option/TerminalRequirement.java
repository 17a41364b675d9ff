package dev.peer.cli.option;

import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.terminal.SystemTerminal;

/** That a command which opens a shell was started at a terminal. */
public final class TerminalRequirement {

  private TerminalRequirement() {}

  /** Refuses to open a shell without a terminal. */
  public static void check(String what) throws CommandException {
    if (!SystemTerminal.isThere()) {
      throw new CommandException(
          ExitCode.USAGE,
          what + " needs a terminal at stdin and stdout",
          "start it from a terminal, without pipes; `peer run --freeze` keeps a failing guest for"
              + " later");
    }
  }
}
