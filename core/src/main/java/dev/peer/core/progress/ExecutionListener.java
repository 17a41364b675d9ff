package dev.peer.core.progress;

import dev.peer.core.record.OutputSink;
import dev.peer.core.record.OutputStreamName;
import java.io.IOException;

/**
 * Follows a run as it goes: takes its events, one after the other. The other methods say by name
 * what happens, and make an event of it.
 */
@FunctionalInterface
public interface ExecutionListener extends OutputSink, Steps {

  /**
   * Takes the next event.
   *
   * @throws IOException if output cannot be passed on or kept; other events never fail
   */
  void accept(RunEvent event) throws IOException;

  @Override
  default void progress(RunEvent.Progress event) {
    acceptSurely(event);
  }

  /** A stage begins, which is a step too. */
  default void stage(String stage) {
    acceptSurely(new RunEvent.Stage(stage));
  }

  /** Something the user should know, one line. */
  default void note(String line) {
    acceptSurely(new RunEvent.Notice(line));
  }

  /** Output of a stage other than the test: preparation, artifacts, post-test. */
  default void stageOutput(String stage, byte[] buffer, int offset, int length) throws IOException {
    accept(new RunEvent.StageOutput(stage, new OutputBytes(buffer, offset, length)));
  }

  @Override
  default void write(OutputStreamName stream, byte[] buffer, int offset, int length)
      throws IOException {
    accept(new RunEvent.TestOutput(stream, new OutputBytes(buffer, offset, length)));
  }

  private void acceptSurely(RunEvent event) {
    try {
      accept(event);
    } catch (IOException e) {
      throw new IllegalStateException("only output can fail", e);
    }
  }
}
