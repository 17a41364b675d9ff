package dev.peer.vm.exec;

import dev.peer.core.flow.ExecutionResult;
import dev.peer.core.flow.ExecutionResult.TimedOut.Scope;
import java.time.Duration;

/** The current stage of a run, and its last output. */
final class CurrentStage {

  /** The stage that begins with the run. */
  static final String FIRST = "boot";

  private volatile String name = FIRST;
  private volatile LastLines lines = new LastLines();

  /** A stage begins; takes its output. */
  LastLines begin(String stage) {
    LastLines ofStage = new LastLines();
    name = stage;
    lines = ofStage;
    return ofStage;
  }

  String name() {
    return name;
  }

  /** The result if the time is over now. */
  ExecutionResult.TimedOut timedOut(Scope scope, Duration limit) {
    return new ExecutionResult.TimedOut(name, scope, limit, lines.shown());
  }
}
