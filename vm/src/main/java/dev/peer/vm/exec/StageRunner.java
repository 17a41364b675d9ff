package dev.peer.vm.exec;

import dev.peer.core.flow.ExecutionListener;
import dev.peer.core.record.OutputSink;
import dev.peer.core.secret.MaskingSink;
import dev.peer.core.secret.SecretValue;
import dev.peer.core.secret.Secrets;
import dev.peer.vm.guest.GuestAgent;
import dev.peer.vm.guest.GuestException;
import dev.peer.vm.guest.StageResult;
import dev.peer.vm.qemu.Machine;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Runs one stage after another and knows which one it is in. Whatever a stage says has the secrets
 * masked.
 */
final class StageRunner {

  /** What comes before the first stage. */
  static final String BOOT = "boot";

  private final GuestAgent agent;
  private final ExecutionListener listener;
  private final Secrets secrets;
  private volatile String current = BOOT;

  StageRunner(Machine machine, ExecutionListener listener, Secrets secrets) {
    this.agent =
        new GuestAgent(
            machine.port(GuestAgent.CONTROL),
            machine.port(GuestAgent.STDOUT),
            machine.port(GuestAgent.STDERR));
    this.listener = listener;
    this.secrets = secrets;
  }

  String current() {
    return current;
  }

  void greet(Map<String, String> variables) throws IOException, GuestException {
    agent.greet(Instant.now());
    for (Map.Entry<String, String> variable : variables.entrySet()) {
      agent.setVariable(variable.getKey(), variable.getValue());
    }
  }

  /** Does something while the guest's scratch disk is in order and nobody writes to it. */
  void whileDiskIsFrozen(DiskWork work) throws IOException, GuestException, InterruptedException {
    agent.freezeDisk();
    work.run();
    agent.thawDisk();
  }

  /** What is done to a disk. */
  @FunctionalInterface
  interface DiskWork {

    void run() throws IOException, InterruptedException;
  }

  /** Gives the stage {@code test} its secrets. */
  void handSecrets() throws IOException, GuestException {
    for (Map.Entry<String, SecretValue> secret : secrets.values().entrySet()) {
      agent.setSecret(secret.getKey(), secret.getValue());
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
    current = stage;
    listener.stage(stage);
    MaskingSink masking = secrets.masking(sink);
    StageResult result = agent.run(stage, arguments, masking);
    masking.finish();
    return masked(result);
  }

  private StageResult masked(StageResult result) {
    Map<String, String> info = new TreeMap<>(result.info());
    info.replaceAll((_, value) -> secrets.mask(value));
    return switch (result) {
      case StageResult.Exited exited -> new StageResult.Exited(exited.exitCode(), info);
      case StageResult.Refused refused ->
          new StageResult.Refused(refused.reason(), secrets.mask(refused.message()), info);
    };
  }
}
