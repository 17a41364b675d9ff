package dev.peer.vm.qemu;

import dev.peer.vm.image.GuestImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A machine to start.
 *
 * @param image kernel, initramfs and root file system
 * @param accelerator what runs its code
 * @param cpus its processors, 1 or more
 * @param memory its memory, and with it whether it boots or is a clone
 * @param disks its further disks
 * @param ports the names of its serial ports to the host, besides the console
 * @param socketDirectory where the host listens: {@code qmp} and a socket for each port
 * @param console the file for what the guest's kernel says
 */
public record MachineSpec(
    GuestImage image,
    Accelerator accelerator,
    int cpus,
    Memory memory,
    List<Disk> disks,
    List<String> ports,
    Path socketDirectory,
    Path console) {

  /** The socket on which the host listens for the machine's control connection. */
  public static final String QMP = "qmp";

  /** Copies the lists. */
  public MachineSpec {
    disks = List.copyOf(disks);
    ports = List.copyOf(ports);
  }

  /** The same machine with its files as QEMU names them, which may use them from now on. */
  MachineSpec through(HostFiles files) throws IOException {
    files.read(image.kernel());
    files.read(image.initramfs());
    files.read(image.root());
    List<Disk> named = new ArrayList<>();
    for (Disk disk : disks) {
      named.add(disk.through(files));
    }
    return new MachineSpec(
        new GuestImage(
            image.digest(),
            files.directory(image.directory()),
            image.architecture(),
            image.kernelArguments()),
        accelerator,
        cpus,
        memory.through(files),
        named,
        ports,
        files.directory(socketDirectory),
        files.write(console));
  }

  /**
   * A raw disk.
   *
   * @param serial the name by which the guest finds it
   * @param file the host's file
   * @param readOnly whether the guest may only read it
   */
  public record Disk(String serial, Path file, boolean readOnly) {

    Disk through(HostFiles files) throws IOException {
      return new Disk(serial, readOnly ? files.read(file) : files.write(file), readOnly);
    }
  }
}
