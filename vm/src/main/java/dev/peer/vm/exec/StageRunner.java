package dev.peer.vm.exec;

import dev.peer.core.flow.ExecutionResult;
import dev.peer.core.flow.ExecutionResult.TimedOut.Scope;
import dev.peer.core.key.NetworkMode;
import dev.peer.core.key.TestOptions;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.record.BoundedOutput;
import dev.peer.core.record.OutputSink;
import dev.peer.core.secret.MaskingSink;
import dev.peer.core.secret.RunSecrets;
import dev.peer.core.secret.SecretValue;
import dev.peer.vm.guest.GuestAgent;
import dev.peer.vm.guest.GuestException;
import dev.peer.vm.guest.ShellLocation;
import dev.peer.vm.guest.StageResult;
import dev.peer.vm.guest.UserTerminal;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Runs one stage after another, each within its limits of time and output. Whatever a stage says
 * has the secrets masked.
 */
final class StageRunner {

  private static final String SHELL = "shell";

  private final GuestAgent agent;
  private final ExecutionListener listener;
  private final StartedMachine started;
  private final RunLimits limits;
  private final CurrentStage current;
  private final RunClock clock;
  private final RunSecrets secrets;
  private Optional<ExecutionResult.TimedOut> timedOut = Optional.empty();

  StageRunner(
      StartedMachine started,
      RunLimits limits,
      CurrentStage current,
      RunClock clock,
      ExecutionListener listener,
      RunSecrets secrets) {
    this.agent = started.agent();
    this.listener = listener;
    this.started = started;
    this.limits = limits;
    this.current = current;
    this.clock = clock;
    this.secrets = secrets;
  }

  /** The result, if the last stage was ended because its own time was over. */
  Optional<ExecutionResult.TimedOut> timedOut() {
    return timedOut;
  }

  /** Gives all stages these variables. */
  void setVariables(Map<String, String> variables) throws IOException, GuestException {
    for (Map.Entry<String, String> variable : variables.entrySet()) {
      agent.setVariable(variable.getKey(), variable.getValue());
    }
  }

  /** Asks all stages for what these options have besides the usual. */
  void setOptions(TestOptions options) throws IOException, GuestException {
    for (Map.Entry<String, String> option : GuestOptions.of(options).entrySet()) {
      agent.setOption(option.getKey(), option.getValue());
    }
  }

  /** Gives the stage {@code prepare} files in memory, which no other stage has. */
  void handFiles(Map<String, String> files) throws IOException, GuestException {
    for (Map.Entry<String, String> file : files.entrySet()) {
      agent.handFile(file.getKey(), file.getValue().getBytes(StandardCharsets.UTF_8));
    }
  }

  /** The nonce that the guest's agent was greeted with. */
  String nonce() {
    return agent.nonce();
  }

  /** Gives the user a shell, and waits for its end; nothing of it is masked. */
  void shell(ShellLocation place, NetworkMode network, UserTerminal.Opener opener)
      throws IOException, GuestException {
    current.begin(SHELL);
    listener.step(SHELL);
    listener.note("a shell in the " + place + "; `exit` ends it, and the machine");
    SocketChannel port = started.machine().port(GuestAgent.TERMINAL);
    try (UserTerminal terminal = opener.open()) {
      agent.runShell(place, network.toString(), port, terminal);
    }
  }

  /** Runs an action while the guest's scratch disk is in order and nothing writes to it. */
  void whileDiskIsFrozen(DiskWork work) throws IOException, GuestException, InterruptedException {
    agent.freezeDisk();
    work.run();
    agent.thawDisk();
  }

  /** An action on a disk. */
  @FunctionalInterface
  interface DiskWork {

    void run() throws IOException, InterruptedException;
  }

  /** Gives the stage {@code test} its secrets. */
  void handSecrets() throws IOException, GuestException {
    for (Map.Entry<String, SecretValue> secret : secrets.test().values().entrySet()) {
      agent.setSecret(secret.getKey(), secret.getValue());
    }
  }

  /** Gives the stage {@code prepare} its secrets, as files. */
  void handPreparationSecrets() throws IOException, GuestException {
    for (Map.Entry<String, SecretValue> secret : secrets.preparation().values().entrySet()) {
      agent.handFile(
          "secrets/" + secret.getKey(),
          secret.getValue().reveal().getBytes(StandardCharsets.UTF_8));
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

  /** Runs a stage whose output is not part of the result, for at most this long. */
  StageResult runWithin(Duration limit, String stage)
      throws IOException, GuestException, InterruptedException {
    return run(
        stage,
        List.of(),
        (stream, buffer, offset, length) -> listener.stageOutput(stage, buffer, offset, length),
        Optional.of(limit));
  }

  /** Runs a stage whose output goes to the sink. */
  StageResult run(String stage, List<String> arguments, OutputSink sink)
      throws IOException, GuestException, InterruptedException {
    return run(stage, arguments, sink, Optional.ofNullable(limits.stageTimeouts().get(stage)));
  }

  private StageResult run(
      String stage, List<String> arguments, OutputSink sink, Optional<Duration> limit)
      throws IOException, GuestException, InterruptedException {
    LastLines lines = current.begin(stage);
    clock.beginStage(stage);
    listener.stage(stage);
    BoundedOutput bounded = new BoundedOutput(sink, limits.outputBytes());
    OutputSink followed =
        (stream, buffer, offset, length) -> {
          lines.write(stream, buffer, offset, length);
          bounded.write(stream, buffer, offset, length);
        };
    MaskingSink masking = secrets.all().masking(followed);
    StageResult result =
        limit.isEmpty()
            ? agent.run(stage, arguments, masking)
            : runWithin(limit.get(), stage, arguments, masking);
    masking.finish();
    StageResult told = masked(result);
    Optional.ofNullable(told.info().get("note")).ifPresent(listener::note);
    return told;
  }

  private StageResult masked(StageResult result) {
    Map<String, String> info = new TreeMap<>(result.info());
    info.replaceAll((_, value) -> secrets.all().mask(value));
    return switch (result) {
      case StageResult.Exited exited -> new StageResult.Exited(exited.exitCode(), info);
      case StageResult.Refused refused ->
          new StageResult.Refused(refused.reason(), secrets.all().mask(refused.message()), info);
    };
  }

  private StageResult runWithin(
      Duration limit, String stage, List<String> arguments, OutputSink sink)
      throws IOException, GuestException, InterruptedException {
    RunDeadline deadline = RunDeadline.start(limit, started.machine()::kill);
    try (deadline) {
      return agent.run(stage, arguments, sink);
    } finally {
      if (deadline.passed()) {
        timedOut = Optional.of(current.timedOut(Scope.STAGE, limit));
      }
    }
  }
}
