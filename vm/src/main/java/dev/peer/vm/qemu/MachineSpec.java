package dev.peer.vm.qemu;

import dev.peer.vm.image.GuestImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A machine to start.
 *
 * @param image kernel, initramfs and root file system
 * @param accelerator the accelerator that runs its code
 * @param cpus its processors, 1 or more
 * @param memory its memory, and with it whether it boots or is a clone
 * @param disks its further disks
 * @param connections its connections to the host
 */
public record MachineSpec(
    GuestImage image,
    Accelerator accelerator,
    int cpus,
    Memory memory,
    List<Disk> disks,
    Connections connections) {

  /** Copies the list. */
  public MachineSpec {
    disks = List.copyOf(disks);
  }

  /** The same machine with its files as QEMU names them, which may use them from now on. */
  MachineSpec through(HostFiles files) throws IOException, QemuException {
    files.read(image.kernel());
    files.read(image.initramfs());
    files.read(image.root());
    List<Disk> named = new ArrayList<>();
    for (Disk disk : disks) {
      named.add(disk.through(files));
    }
    return new MachineSpec(
        image.in(files.directory(image.directory())),
        accelerator,
        cpus,
        memory.through(files),
        named,
        connections.in(files.directory(connections.directory())));
  }

  /** A disk besides the root. */
  public sealed interface Disk {

    /** The name by which the guest finds it, and QMP. */
    String serial();

    /** The disk with its files as QEMU names them. */
    Disk through(HostFiles files) throws IOException, QemuException;
  }

  /**
   * A disk whose file holds its bytes as they are.
   *
   * @param file the host's file
   * @param readOnly whether the guest may only read it
   */
  public record RawDisk(String serial, Path file, boolean readOnly) implements Disk {

    @Override
    public Disk through(HostFiles files) throws IOException {
      return new RawDisk(serial, readOnly ? files.read(file) : files.write(file), readOnly);
    }
  }

  /**
   * A disk of layers, each a file made by {@link DiskLayer}. The guest writes to the upper one.
   *
   * @param base the file below, which is only read; empty: zeros
   * @param layer the file that the guest writes
   * @param nextLayer the file that the guest writes after {@link DiskLayers#startNext}
   */
  public record LayeredDisk(String serial, Optional<Path> base, Path layer, Path nextLayer)
      implements Disk {

    @Override
    public Disk through(HostFiles files) throws IOException, QemuException {
      Optional<Path> named = Optional.empty();
      if (base.isPresent()) {
        DiskLayer.requireWhole(base.get());
        named = Optional.of(files.read(base.get()));
      }
      return new LayeredDisk(serial, named, files.write(layer), files.write(nextLayer));
    }

    /** The name of the next layer in QMP. */
    String next() {
      return serial + "-next";
    }
  }
}
