package dev.peer.cli;

import dev.peer.core.flow.ExecutionListener;
import dev.peer.core.flow.Notices;

/** Where what a run puts out goes, and what peer says of it. */
interface RunOutput extends ExecutionListener, Notices {

  /** Takes a line of the command's answer. */
  void print(String line);

  /** An error and what to do about it. */
  default void error(String message, String hint) {
    say("error: " + message);
    if (!hint.isEmpty()) {
      say("hint: " + hint);
    }
  }

  /** The steps of whoever gets this. */
  Timeline timeline();
}
