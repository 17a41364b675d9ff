package dev.peer.report;

import dev.peer.config.Settings;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.progress.Notices;
import dev.peer.core.progress.OutputBytes;
import dev.peer.core.progress.RunEvent;
import dev.peer.core.record.OutputStreamName;

/** The destination of a run's output, and of peer's messages about it. */
public interface RunOutput extends ExecutionListener, Notices {

  /** Takes the next message. */
  void tell(RunEvent.Message message);

  @Override
  default void accept(RunEvent event) {
    switch (event) {
      case RunEvent.Stage(String name) -> {
        step(name);
        say("stage: " + name);
      }
      case RunEvent.Message message -> tell(message);
    }
  }

  @Override
  default void say(String text) {
    tell(new RunEvent.Notice(text));
  }

  /** Takes a line of the command's answer. */
  default void print(String line) {
    tell(new RunEvent.Answer(line));
  }

  @Override
  default void write(OutputStreamName stream, byte[] buffer, int offset, int length) {
    tell(new RunEvent.TestOutput(stream, new OutputBytes(buffer, offset, length)));
  }

  @Override
  default void stageOutput(String stage, byte[] buffer, int offset, int length) {
    tell(new RunEvent.StageOutput(stage, new OutputBytes(buffer, offset, length)));
  }

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
