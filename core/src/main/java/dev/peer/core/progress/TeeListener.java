package dev.peer.core.progress;

import java.io.IOException;

/** Passes a run's events to two listeners, to the first one first. */
public record TeeListener(ExecutionListener first, ExecutionListener second)
    implements ExecutionListener {

  @Override
  public void accept(RunEvent event) throws IOException {
    first.accept(event);
    second.accept(event);
  }

  @Override
  public boolean showsProgress() {
    return first.showsProgress() || second.showsProgress();
  }
}
