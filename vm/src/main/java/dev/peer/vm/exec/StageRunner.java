package dev.peer.vm.exec;

import dev.peer.core.flow.ExecutionListener;
import dev.peer.core.key.NetworkMode;
import dev.peer.core.record.OutputSink;
import dev.peer.vm.guest.GuestAgent;
import dev.peer.vm.guest.GuestException;
import dev.peer.vm.guest.Place;
import dev.peer.vm.guest.StageResult;
import dev.peer.vm.guest.UserTerminal;
import dev.peer.vm.qemu.Machine;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Runs one stage after another and knows which one it is in. */
final class StageRunner {

  /** What comes before the first stage. */
  static final String BOOT = "boot";

  private final GuestAgent agent;
  private final ExecutionListener listener;
  private volatile String current = BOOT;

  StageRunner(Machine machine, ExecutionListener listener) {
    this(
        new GuestAgent(
            machine.port(GuestAgent.CONTROL),
            machine.port(GuestAgent.STDOUT),
            machine.port(GuestAgent.STDERR)),
        listener);
  }

  private StageRunner(GuestAgent agent, ExecutionListener listener) {
    this.agent = agent;
    this.listener = listener;
  }

  /** Of a machine that was frozen; the agent in it goes on. */
  static StageRunner resumed(Machine machine, String nonce, ExecutionListener listener) {
    return new StageRunner(
        new GuestAgent(
            machine.port(GuestAgent.CONTROL),
            machine.port(GuestAgent.STDOUT),
            machine.port(GuestAgent.STDERR),
            nonce),
        listener);
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

  String nonce() {
    return agent.nonce();
  }

  /** From now on the tests' container is kept when it has ended. */
  void keepContainer() throws IOException, GuestException {
    agent.keepContainer();
  }

  /** Gives the user a shell, and waits for its end. */
  void shell(Machine machine, Place place, NetworkMode network, UserTerminal.Opener opener)
      throws IOException, GuestException {
    current = "shell";
    listener.note("a shell in the " + place + "; `exit` ends it, and the machine");
    try (UserTerminal terminal = opener.open()) {
      agent.runShell(place, network.toString(), machine.port(GuestAgent.TERMINAL), terminal);
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
    return agent.run(stage, arguments, sink);
  }
}
