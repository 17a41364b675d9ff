package dev.peer.vm.exec;

import dev.peer.core.id.Architecture;
import dev.peer.core.network.Reach;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.vm.image.GuestImage;
import dev.peer.vm.qemu.AcceleratorProbe;
import dev.peer.vm.qemu.Qemu;
import dev.peer.vm.snapshot.TemplateStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Machines whose stages a test runs one by one, as often as it likes. */
final class Machines {

  private Machines() {}

  /** Boots one with this repository as its input; what belongs to it is below the directory. */
  static StartedMachine boot(
      Path directory, Path repository, RunLimits limits, Transcript transcript) throws Exception {
    Path own = Files.createDirectory(directory.resolve("own"));
    Path sockets = directory.resolve("s");
    ScratchDirectory.createPrivate(sockets);
    RunDisks disks =
        RunDisks.create(
            own,
            (_, root) -> GitFiles.write(repository, root),
            limits.diskBytes(),
            Optional.empty());
    Qemu qemu = Qemu.find(Architecture.AMD64, System.getenv());
    GuestImage image = GuestImages.store().resolve(GuestImages.store().newest().orElseThrow());
    MachineStarter starter =
        new MachineStarter(
            new MachineModel(
                qemu,
                new AcceleratorProbe(directory.resolve("home"), directory.resolve("runs"))
                    .best(qemu),
                image,
                limits),
            GuestNetwork.of(new Reach.None(), qemu, directory, OpenWayOut.NONE),
            new TemplateStore(directory.resolve("templates")),
            sockets,
            MachineStarter.CLONE_TIME,
            transcript);
    return starter.boot(disks, own, sockets);
  }
}
