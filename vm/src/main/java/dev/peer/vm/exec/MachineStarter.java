package dev.peer.vm.exec;

import dev.peer.core.flow.ExecutorException;
import dev.peer.core.flow.InterruptedIo;
import dev.peer.core.id.Printable;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.scratch.FileFingerprint;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.secret.Secrets;
import dev.peer.vm.guest.GuestAgent;
import dev.peer.vm.guest.GuestException;
import dev.peer.vm.image.GuestImage;
import dev.peer.vm.qemu.Accelerator;
import dev.peer.vm.qemu.Connections;
import dev.peer.vm.qemu.Machine;
import dev.peer.vm.qemu.MachineSpec;
import dev.peer.vm.qemu.Memory;
import dev.peer.vm.qemu.QemuArguments;
import dev.peer.vm.qemu.QemuException;
import dev.peer.vm.snapshot.FrozenGuest;
import dev.peer.vm.snapshot.Template;
import dev.peer.vm.snapshot.TemplateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Starts machines: clones a template if one exists or can be made, else boots. Reports every
 * problem with a template, and boots then.
 */
final class MachineStarter {

  /** From the start of a clone to its agent's answer: enough for a machine with much else to do. */
  static final Duration CLONE_TIME = Duration.ofMinutes(2);

  private static final Duration BOOT_TIME = Duration.ofMinutes(5);

  /** The option of images whose guests go through their stages for nothing. */
  private static final String WARM_UP = "warm-up";

  private final MachineModel model;
  private final GuestNetwork network;
  private final TemplateStore templates;
  private final Path sockets;
  private final Duration cloneTime;
  private final ExecutionListener listener;

  /**
   * Starts machines of one model.
   *
   * @param cloneTime how long a clone may take until its agent answers
   */
  MachineStarter(
      MachineModel model,
      GuestNetwork network,
      TemplateStore templates,
      Path sockets,
      Duration cloneTime,
      ExecutionListener listener) {
    this.model = model;
    this.network = network;
    this.templates = templates;
    this.sockets = sockets;
    this.cloneTime = cloneTime;
    this.listener = listener;
  }

  /** The model that the machines are of. */
  MachineModel model() {
    return model;
  }

  /**
   * Starts a machine with these disks and waits until its agent has answered.
   *
   * @param directory where its own files go
   * @param socketDirectory where the host listens
   * @throws ExecutorException if it booted, and did not answer in time or ended
   */
  StartedMachine start(RunDisks disks, Path directory, Path socketDirectory)
      throws QemuException, ExecutorException, IOException, InterruptedException {
    Optional<StartedMachine> clone = startClone(disks, directory, socketDirectory);
    if (clone.isPresent()) {
      return clone.get();
    }
    StartedMachine booted = boot(disks, directory, socketDirectory);
    try {
      // Since a machine comes up with the same disks, the template is at fault.
      templates.drop(shape());
      return booted;
    } catch (IOException | RuntimeException e) {
      booted.close();
      throw e;
    }
  }

  /** Boots a machine with these disks, whatever templates there are. */
  StartedMachine boot(RunDisks disks, Path directory, Path socketDirectory)
      throws QemuException, ExecutorException, IOException, InterruptedException {
    listener.step("boot");
    Memory memory = new Memory.Anonymous(model.limits().memoryMebibytes());
    Machine machine = start(spec(disks, memory, socketDirectory), directory);
    try {
      return awaken(machine, disks, () -> machine.awaitPortOpen(GuestAgent.CONTROL), BOOT_TIME);
    } catch (GuestException | IOException e) {
      InterruptedIo.rethrow(e);
      throw GuestFailures.in("boot", machine, Secrets.NONE, e);
    }
  }

  GuestNetwork network() {
    return network;
  }

  /**
   * What a clone that waits must have in common with a run that takes it.
   *
   * @param kept the kept disk that the run starts from
   */
  WaitingClone.Fit fit(Optional<Path> kept) throws IOException {
    String shape = shape();
    GuestImage image = model.image();
    List<Path> files = new ArrayList<>(List.of(image.kernel(), image.initramfs(), image.root()));
    templates.find(shape).ifPresent(template -> files.addAll(template.files()));
    return new WaitingClone.Fit(shape, network.rules(), FileFingerprint.of(files), kept);
  }

  /** The same, which tells nobody. */
  MachineStarter silent() {
    return new MachineStarter(model, network, templates, sockets, cloneTime, _ -> {});
  }

  /**
   * Starts a clone that waits, without a network, for the run that takes it.
   *
   * @param directories its own
   * @param kept the kept disk that it is above, held until this returns; empty: a blank one
   * @param refused told of names that the guest is refused
   */
  WaitingClone startWaiting(
      MachineDirectories directories, Optional<Path> kept, Consumer<String> refused)
      throws QemuException, IOException, InterruptedException {
    WaitingClone.Fit fit = fit(kept);
    Template template =
        templates.find(fit.shape()).orElseThrow(() -> new IOException("its template is gone"));
    RunDisks disks =
        RunDisks.blank(directories.files().path(), model.limits().diskBytes(), kept)
            .above(template.scratch());
    Memory memory = new Memory.Clone(model.limits().memoryMebibytes(), template.memory());
    Machine machine =
        Machine.start(
            model.qemu(),
            spec(disks, memory, directories.sockets().path()),
            directories.files().path(),
            refused);
    try (RunDeadline _ = RunDeadline.start(cloneTime, machine::kill)) {
      machine.migration().takeOverTemplate(template.state());
      machine.disconnectNetwork();
      machine.resume();
      if (model.accelerator() == Accelerator.TCG && model.image().options().contains(WARM_UP)) {
        GuestAgent.warmUp(machine.port(GuestAgent.CONTROL));
      }
      return new WaitingClone(fit, model, machine, disks, directories, Instant.now());
    } catch (GuestException e) {
      machine.close();
      throw new IOException(e.getMessage(), e);
    } catch (IOException | InterruptedException | RuntimeException e) {
      machine.close();
      throw e;
    }
  }

  /**
   * Takes a clone that waited over for a run: from here on it is as one that was just started.
   *
   * @throws GuestException if it does not answer in time
   */
  StartedMachine take(WaitingClone clone) throws GuestException, IOException, InterruptedException {
    StartedMachine taken = awaken(clone.machine(), clone.disks(), () -> {}, cloneTime);
    network.admit(clone.machine());
    return taken;
  }

  /** The machine that one of these disks requires. */
  FrozenGuest.Shape shapeOf(RunDisks disks, String nonce) throws IOException {
    return new FrozenGuest.Shape(
        model.qemu().build(),
        model.accelerator().toString(),
        model.image().digest(),
        new FrozenGuest.Sizes(
            model.limits().cpus(),
            model.limits().memoryMebibytes(),
            model.limits().diskBytes(),
            disks.inputBytes()),
        nonce);
  }

  /**
   * Starts a machine that takes over a frozen guest, and stays frozen until it is resumed.
   *
   * @param nonce the nonce that its agent was greeted with
   */
  StartedMachine startFrozen(
      RunDisks disks, Path directory, Path socketDirectory, Path state, String nonce)
      throws QemuException, IOException, InterruptedException {
    listener.step("resume");
    Memory memory = new Memory.Frozen(model.limits().memoryMebibytes());
    Machine machine = start(spec(disks, memory, socketDirectory), directory);
    try {
      machine.migration().takeOverWhole(state);
      network.grant(machine);
      return new StartedMachine(
          machine,
          new GuestAgent(
              machine.port(GuestAgent.CONTROL),
              machine.port(GuestAgent.STDOUT),
              machine.port(GuestAgent.STDERR),
              nonce),
          disks);
    } catch (IOException | InterruptedException | RuntimeException e) {
      machine.close();
      throw e;
    }
  }

  private Optional<StartedMachine> startClone(RunDisks disks, Path directory, Path socketDirectory)
      throws IOException, InterruptedException {
    String shape = shape();
    try {
      Template template = template(shape);
      listener.step("resume");
      Memory memory = new Memory.Clone(model.limits().memoryMebibytes(), template.memory());
      RunDisks layered = disks.above(template.scratch());
      Machine machine = start(spec(layered, memory, socketDirectory), directory);
      return Optional.of(
          awaken(
              machine,
              layered,
              () -> {
                machine.migration().takeOverTemplate(template.state());
                machine.resume();
              },
              cloneTime));
    } catch (QemuException | GuestException | IOException e) {
      InterruptedIo.rethrow(e);
      listener.note("no machine came up from its template, booting instead: " + e.getMessage());
      disks.blankAgain();
      return Optional.empty();
    }
  }

  /** What a machine does until its agent waits for the greeting, whose time is then no older. */
  private interface WayUp {
    void go() throws IOException, InterruptedException;
  }

  /** Waits until the machine's agent has answered; a machine that does not is ended. */
  private StartedMachine awaken(Machine machine, RunDisks disks, WayUp wayUp, Duration most)
      throws GuestException, IOException, InterruptedException {
    RunDeadline deadline = RunDeadline.start(most, machine::kill);
    try {
      wayUp.go();
      listener.step("hello");
      GuestAgent agent =
          new GuestAgent(
              machine.port(GuestAgent.CONTROL),
              machine.port(GuestAgent.STDOUT),
              machine.port(GuestAgent.STDERR));
      agent.greet(Instant.now());
      network.grant(machine);
      deadline.close();
      return new StartedMachine(machine, agent, disks);
    } catch (GuestException | IOException | InterruptedException | RuntimeException e) {
      deadline.close();
      machine.close();
      if (deadline.passed()) {
        throw new GuestException("it did not answer within " + most.toSeconds() + " s", e);
      }
      throw e;
    }
  }

  private Template template(String shape) throws QemuException, IOException, InterruptedException {
    Optional<Template> found = templates.find(shape);
    if (found.isPresent()) {
      return found.get();
    }
    listener.step("template");
    try {
      return templates.findOrMake(shape, this::makeTemplate);
    } catch (QemuException | IOException | InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private void makeTemplate(Template template)
      throws QemuException, IOException, InterruptedException {
    listener.note("booting once to make a template of this machine");
    Path directory = template.memory().getParent();
    try (ScratchDirectory files = ScratchDirectory.in(directory.resolve("boot"));
        ScratchDirectory socketDirectory = ScratchDirectory.in(sockets)) {
      RunDisks disks = RunDisks.blank(files.path(), model.limits().diskBytes(), Optional.empty());
      Memory memory = new Memory.Shared(model.limits().memoryMebibytes(), template.memory());
      MachineSpec spec = spec(disks, memory, socketDirectory.path());
      try (Machine machine = start(spec, files.path())) {
        machine.awaitPortOpen(GuestAgent.CONTROL);
        machine.migration().freezeTo(template.state());
        machine.quit();
      }
      Files.move(disks.scratch().layer(), template.scratch());
    }
    ScratchDirectory.delete(directory.resolve("boot"));
  }

  private Machine start(MachineSpec spec, Path directory)
      throws QemuException, IOException, InterruptedException {
    return Machine.start(model.qemu(), spec, directory, this::sayRefused);
  }

  /** Tells the run of a name that its guest asked for and is refused. */
  void sayRefused(String name) {
    listener.note(
        "refused to resolve " + Printable.plain(name) + ": PEER_PREPARE_NETWORK omits it");
  }

  /** Tells the run that it gets a machine that waited. */
  void sayTaking() {
    listener.step("take");
  }

  private MachineSpec spec(RunDisks disks, Memory memory, Path socketDirectory) {
    return spec(model.image(), disks, memory, socketDirectory);
  }

  private MachineSpec spec(GuestImage files, RunDisks disks, Memory memory, Path socketDirectory) {
    return new MachineSpec(
        files,
        model.accelerator(),
        model.limits().cpus(),
        memory,
        disks.asDisks(),
        new Connections(GuestAgent.PORTS, socketDirectory, network.rules(), network.filtered()));
  }

  /** Everything that shapes a machine, except for its files on this host. */
  private String shape() throws IOException {
    Path nowhere = Path.of("/");
    RunDisks anyDisks = RunDisks.in(nowhere, Optional.empty());
    Memory memory = new Memory.Shared(model.limits().memoryMebibytes(), nowhere);
    return String.join(
        "\n",
        model.qemu().build(),
        model.image().digest().toString(),
        String.valueOf(model.limits().diskBytes()),
        String.valueOf(RunDisks.roundedUp(model.limits().diskBytes())),
        String.join(
            "\n", QemuArguments.of(spec(model.image().in(nowhere), anyDisks, memory, nowhere))));
  }
}
