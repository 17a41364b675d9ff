package dev.peer.vm.exec;

import dev.peer.core.flow.Notices;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.vm.guest.GuestAgent;
import dev.peer.vm.image.GuestImage;
import dev.peer.vm.qemu.Accelerator;
import dev.peer.vm.qemu.Machine;
import dev.peer.vm.qemu.MachineSpec;
import dev.peer.vm.qemu.Memory;
import dev.peer.vm.qemu.Qemu;
import dev.peer.vm.qemu.QemuArguments;
import dev.peer.vm.qemu.QemuException;
import dev.peer.vm.snapshot.FrozenGuest;
import dev.peer.vm.snapshot.Template;
import dev.peer.vm.snapshot.TemplateStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Starts machines: clones of a template where there is one or one can be made, else by a boot. What
 * goes wrong with a template is said, and ends in a boot.
 */
final class MachineStarter {

  private final Qemu qemu;
  private final GuestImage image;
  private final Accelerator accelerator;
  private final Limits limits;
  private final TemplateStore templates;
  private final Path sockets;
  private final Notices notices;

  MachineStarter(
      Qemu qemu,
      GuestImage image,
      Accelerator accelerator,
      Limits limits,
      TemplateStore templates,
      Path sockets,
      Notices notices) {
    this.qemu = qemu;
    this.image = image;
    this.accelerator = accelerator;
    this.limits = limits;
    this.templates = templates;
    this.sockets = sockets;
    this.notices = notices;
  }

  /**
   * Starts a machine with these disks.
   *
   * @param directory where its own files go
   * @param socketDirectory where the host listens
   */
  Machine start(RunDisks disks, Path directory, Path socketDirectory)
      throws QemuException, IOException, InterruptedException {
    Optional<Machine> clone = startClone(disks, directory, socketDirectory);
    if (clone.isPresent()) {
      return clone.get();
    }
    return boot(disks, directory, socketDirectory);
  }

  /** Boots a machine with these disks, whatever templates there are. */
  Machine boot(RunDisks disks, Path directory, Path socketDirectory)
      throws QemuException, IOException, InterruptedException {
    Memory memory = new Memory.Anonymous(limits.memoryMebibytes());
    return Machine.start(qemu, spec(disks, memory, directory, socketDirectory), directory);
  }

  Accelerator accelerator() {
    return accelerator;
  }

  /** What a machine must be that goes on with one of these disks. */
  FrozenGuest.Shape shapeOf(RunDisks disks, String nonce) throws IOException {
    return new FrozenGuest.Shape(
        qemu.build(),
        accelerator.toString(),
        image.digest(),
        limits.cpus(),
        limits.memoryMebibytes(),
        limits.diskBytes(),
        disks.inputBytes(),
        nonce);
  }

  /** Starts a machine that takes over a frozen guest, and stays frozen until it is resumed. */
  Machine startFrozen(RunDisks disks, Path directory, Path socketDirectory, Path state)
      throws QemuException, IOException, InterruptedException {
    Memory memory = new Memory.Frozen(limits.memoryMebibytes());
    Machine machine =
        Machine.start(qemu, spec(disks, memory, directory, socketDirectory), directory);
    try {
      machine.takeOverWhole(state);
      return machine;
    } catch (IOException | InterruptedException | RuntimeException e) {
      machine.close();
      throw e;
    }
  }

  private Optional<Machine> startClone(RunDisks disks, Path directory, Path socketDirectory)
      throws IOException, InterruptedException {
    String shape = shape(disks);
    try {
      Template template = template(shape);
      Memory memory = new Memory.Clone(limits.memoryMebibytes(), template.memory());
      Machine machine =
          Machine.start(qemu, spec(disks, memory, directory, socketDirectory), directory);
      try {
        machine.resumeFrom(template.state());
        return Optional.of(machine);
      } catch (IOException | InterruptedException | RuntimeException e) {
        machine.close();
        throw e;
      }
    } catch (QemuException | IOException e) {
      notices.say("the machine's template is of no use, booting instead: " + e.getMessage());
      templates.drop(shape);
      return Optional.empty();
    }
  }

  private Template template(String shape) throws QemuException, IOException, InterruptedException {
    Optional<Template> found = templates.find(shape);
    if (found.isPresent()) {
      return found.get();
    }
    notices.say("booting once to make a template of this machine");
    try {
      return templates.make(shape, this::makeTemplate);
    } catch (QemuException | IOException | InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private void makeTemplate(Path memoryFile, Path state)
      throws QemuException, IOException, InterruptedException {
    Path directory = memoryFile.getParent();
    try (ScratchDirectory files = ScratchDirectory.in(directory.resolve("boot"));
        ScratchDirectory socketDirectory = ScratchDirectory.in(sockets)) {
      RunDisks disks = RunDisks.blank(files.path(), limits.diskBytes());
      Memory memory = new Memory.Shared(limits.memoryMebibytes(), memoryFile);
      MachineSpec spec = spec(disks, memory, files.path(), socketDirectory.path());
      try (Machine machine = Machine.start(qemu, spec, files.path())) {
        machine.awaitPortOpen(GuestAgent.CONTROL);
        machine.freezeTo(state);
      }
    }
    ScratchDirectory.delete(directory.resolve("boot"));
  }

  private MachineSpec spec(RunDisks disks, Memory memory, Path directory, Path socketDirectory) {
    return new MachineSpec(
        image,
        accelerator,
        limits.cpus(),
        memory,
        disks.asDisks(),
        GuestAgent.PORTS,
        socketDirectory,
        directory.resolve("console.log"));
  }

  /** Everything that shapes a machine; what it is made of on this host is left out. */
  private String shape(RunDisks disks) throws IOException {
    Path nowhere = Path.of("/");
    RunDisks anyDisks = RunDisks.in(nowhere, Optional.empty());
    Memory memory = new Memory.Shared(limits.memoryMebibytes(), nowhere);
    return String.join(
        "\n",
        qemu.build(),
        image.digest().toString(),
        String.valueOf(limits.diskBytes()),
        String.valueOf(disks.inputBytes()),
        String.join("\n", QemuArguments.of(spec(anyDisks, memory, nowhere, nowhere))));
  }
}
