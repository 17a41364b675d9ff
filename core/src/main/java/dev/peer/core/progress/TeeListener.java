package dev.peer.core.progress;

import dev.peer.core.record.OutputStreamName;
import java.io.IOException;

/** Passes a run's events to two listeners, to the first one first. */
public record TeeListener(ExecutionListener first, ExecutionListener second)
    implements ExecutionListener {

  @Override
  public void step(String name) {
    first.step(name);
    second.step(name);
  }

  @Override
  public void awaiting(String what) {
    first.awaiting(what);
    second.awaiting(what);
  }

  @Override
  public boolean moved(long done, long total) {
    boolean shown = first.moved(done, total);
    return second.moved(done, total) || shown;
  }

  @Override
  public void stage(String stage) {
    first.stage(stage);
    second.stage(stage);
  }

  @Override
  public void note(String line) {
    first.note(line);
    second.note(line);
  }

  @Override
  public void stageOutput(String stage, byte[] buffer, int offset, int length) throws IOException {
    first.stageOutput(stage, buffer, offset, length);
    second.stageOutput(stage, buffer, offset, length);
  }

  @Override
  public void write(OutputStreamName stream, byte[] buffer, int offset, int length)
      throws IOException {
    first.write(stream, buffer, offset, length);
    second.write(stream, buffer, offset, length);
  }
}
