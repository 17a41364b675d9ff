package dev.peer.core.progress;

import dev.peer.core.record.OutputSink;
import java.io.IOException;

/** Follows a run as it goes. As a sink it takes the test's own output, byte for byte. */
public interface ExecutionListener extends OutputSink, Steps {

  /** A stage begins, which is a step too. */
  void stage(String stage);

  /** Something the user should know, one line. */
  void note(String line);

  /** Output of a stage other than the test: preparation, artifacts, post-test. */
  void stageOutput(String stage, byte[] buffer, int offset, int length) throws IOException;
}
