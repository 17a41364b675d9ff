package dev.peer.report;

import dev.peer.config.Settings;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.progress.Notices;
import dev.peer.core.record.OutputStreamName;

/** The destination of a run's output, and of peer's messages about it. */
public interface RunOutput extends ExecutionListener, Notices {

  /** Takes a line of the command's answer. */
  void print(String line);

  @Override
  void write(OutputStreamName stream, byte[] buffer, int offset, int length);

  @Override
  void stageOutput(String stage, byte[] buffer, int offset, int length);

  /** Prints an error and its remedy. */
  default void error(String message, String hint) {
    say("error: " + message);
    if (!hint.isEmpty()) {
      say("hint: " + hint);
    }
  }

  /** Says what is odd about settings and does not stop the command. */
  default void warn(Settings settings) {
    settings.warnings().forEach(warning -> say("warning: " + warning));
  }

  /** The steps of this command. */
  Timeline timeline();
}
