package dev.peer.vm.exec;

import dev.peer.core.flow.ExecutorException;
import dev.peer.vm.guest.GuestException;
import dev.peer.vm.guest.ShellLocation;
import dev.peer.vm.guest.UserTerminal;
import dev.peer.vm.qemu.Accelerator;
import dev.peer.vm.qemu.Machine;
import dev.peer.vm.qemu.Qemu;
import dev.peer.vm.qemu.QemuException;
import dev.peer.vm.snapshot.FrozenGuest;
import dev.peer.vm.snapshot.FrozenStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** A copy of a frozen guest, for a shell, with its own memory and its own disk layers. */
record FrozenCopy(
    FrozenStore.Entry kept, Optional<ShellLocation> place, UserTerminal.Opener terminal) {

  /** Refuses to go on where the guest's machine could not be made again. */
  void requireSame(Qemu qemu, Accelerator accelerator) throws IOException, ExecutorException {
    FrozenGuest.Shape shape = kept.guest().machine();
    if (!qemu.build().equals(shape.qemu()) || !accelerator.toString().equals(shape.accelerator())) {
      throw new ExecutorException(
          "the guest was frozen by another QEMU or with another accelerator",
          "it cannot continue here; `peer vm rm " + kept.id() + "` removes it");
    }
  }

  /** Starts the machine; the guest stays frozen. */
  StartedMachine start(MachineStarter starter, Path directory, Path socketDirectory)
      throws QemuException, IOException, InterruptedException {
    FrozenGuest.Shape shape = kept.guest().machine();
    RunDisks disks = RunDisks.ofFrozen(directory, kept);
    return starter.startFrozen(disks, directory, socketDirectory, kept.state(), shape.nonce());
  }

  /** Lets the guest go on, and the user in. */
  void openShell(Machine machine, StageRunner stages)
      throws IOException, GuestException, InterruptedException {
    FrozenGuest guest = kept.guest();
    GuestNetwork.seal(machine, guest.network());
    machine.resume();
    stages.shell(place.orElse(Guest.placeOf(guest.stop().stage())), guest.network(), terminal);
  }
}
