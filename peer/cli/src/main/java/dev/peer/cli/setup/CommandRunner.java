package dev.peer.cli.setup;

import dev.peer.cli.console.Output;
import dev.peer.config.CallContext;
import dev.peer.report.Interruption;

/** Does another command within one, on the same thread. */
@FunctionalInterface
public interface CommandRunner {

  /** Returns the other command's exit code, after it has reported what went wrong. */
  int run(CallContext call, Output output, Interruption interruption, String... arguments);
}
