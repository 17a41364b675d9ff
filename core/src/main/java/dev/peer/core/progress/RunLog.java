package dev.peer.core.progress;

import dev.peer.core.record.OutputRecorder;
import dev.peer.core.record.OutputStreamName;
import dev.peer.core.record.RunFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Records all output of a run, for local followers and for finding out why it failed. */
public final class RunLog implements ExecutionListener, AutoCloseable {

  private static final long NANOS_PER_MICRO = 1_000;

  private final OutputRecorder recorder;

  public RunLog(RunFiles files) throws IOException {
    recorder = OutputRecorder.live(files, () -> System.nanoTime() / NANOS_PER_MICRO);
  }

  @Override
  public void accept(RunEvent event) throws IOException {
    switch (event) {
      case RunEvent.Stage(String name) -> stageLine(name);
      case RunEvent.StageOutput(String _, OutputBytes bytes) ->
          bytes.to(recorder, OutputStreamName.STDERR);
      case RunEvent.TestOutput(OutputStreamName stream, OutputBytes bytes) ->
          bytes.to(recorder, stream);
      case RunEvent.Progress _, RunEvent.Notice _, RunEvent.Answer _ -> {}
    }
  }

  private void stageLine(String stage) {
    byte[] line = ("peer: stage: " + stage + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      recorder.write(OutputStreamName.STDERR, line, 0, line.length);
    } catch (IOException e) {
      // The stage's output will fail in the same way, and then end the run.
      return;
    }
  }

  @Override
  public void close() throws IOException {
    recorder.close();
  }
}
