package dev.peer.vm.exec;

import dev.peer.core.flow.ExecutionListener;
import dev.peer.core.flow.ExecutionResult;
import dev.peer.core.flow.ExecutionResult.TimedOut.Scope;
import dev.peer.core.record.BoundedOutput;
import dev.peer.core.record.OutputSink;
import dev.peer.vm.guest.GuestAgent;
import dev.peer.vm.guest.GuestException;
import dev.peer.vm.guest.StageResult;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs one stage after another, each within its limits of time and output. */
final class StageRunner {

  private final GuestAgent agent;
  private final ExecutionListener listener;
  private final StartedMachine started;
  private final Limits limits;
  private final CurrentStage current;
  private Optional<ExecutionResult> timedOut = Optional.empty();

  StageRunner(
      StartedMachine started, Limits limits, CurrentStage current, ExecutionListener listener) {
    this.agent = started.agent();
    this.listener = listener;
    this.started = started;
    this.limits = limits;
    this.current = current;
  }

  /** The result, if the last stage was ended because its own time was over. */
  Optional<ExecutionResult> timedOut() {
    return timedOut;
  }

  /** Gives all stages these variables. */
  void setVariables(Map<String, String> variables) throws IOException, GuestException {
    for (Map.Entry<String, String> variable : variables.entrySet()) {
      agent.setVariable(variable.getKey(), variable.getValue());
    }
  }

  /** Runs a stage whose output is not part of the result. */
  StageResult run(String stage, List<String> arguments)
      throws IOException, GuestException, InterruptedException {
    return run(
        stage,
        arguments,
        (stream, buffer, offset, length) -> listener.stageOutput(stage, buffer, offset, length));
  }

  /** Runs a stage whose output goes to the sink. */
  StageResult run(String stage, List<String> arguments, OutputSink sink)
      throws IOException, GuestException, InterruptedException {
    LastLines lines = current.begin(stage);
    listener.stage(stage);
    BoundedOutput bounded = new BoundedOutput(sink, limits.outputBytes());
    OutputSink followed =
        (stream, buffer, offset, length) -> {
          lines.write(stream, buffer, offset, length);
          bounded.write(stream, buffer, offset, length);
        };
    Duration limit = limits.stageTimeouts().get(stage);
    return limit == null
        ? agent.run(stage, arguments, followed)
        : runWithin(limit, stage, arguments, followed);
  }

  private StageResult runWithin(
      Duration limit, String stage, List<String> arguments, OutputSink sink)
      throws IOException, GuestException, InterruptedException {
    Deadline deadline = Deadline.start(limit, started.machine()::kill);
    try (deadline) {
      return agent.run(stage, arguments, sink);
    } finally {
      if (deadline.passed()) {
        timedOut = Optional.of(current.timedOut(Scope.STAGE, limit));
      }
    }
  }
}
