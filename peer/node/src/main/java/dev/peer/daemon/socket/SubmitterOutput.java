package dev.peer.daemon.socket;

import dev.peer.core.progress.Steps;
import dev.peer.core.record.OutputStreamName;

/** A run's messages and progress for its caller. */
public interface SubmitterOutput extends Steps {

  /** A line of peer's own. */
  void say(String line);

  /** A line of the command's answer. */
  void print(String line);

  /** Output of a stage that is not the test. */
  void stageOutput(String stage, byte[] buffer, int offset, int length);

  /** Output of the test. */
  void write(OutputStreamName stream, byte[] buffer, int offset, int length);
}
