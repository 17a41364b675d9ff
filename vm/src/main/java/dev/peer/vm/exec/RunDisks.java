package dev.peer.vm.exec;

import dev.peer.core.flow.ExecutionRequest.SourceTree;
import dev.peer.core.flow.ExecutorException;
import dev.peer.vm.erofs.ErofsImage;
import dev.peer.vm.qemu.DiskLayer;
import dev.peer.vm.qemu.MachineSpec.Disk;
import dev.peer.vm.qemu.MachineSpec.LayeredDisk;
import dev.peer.vm.qemu.MachineSpec.RawDisk;
import dev.peer.vm.snapshot.FrozenGuest;
import dev.peer.vm.snapshot.FrozenStore;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The disks of one run: the revision's files to read, a scratch disk that is blank or was kept of
 * an earlier run, and one for the tar of the artifacts.
 */
record RunDisks(RawDisk input, LayeredDisk scratch, RawDisk output) {

  private static final int SECTOR = 512;

  /**
   * Makes them.
   *
   * @param kept the scratch disk as an earlier run left it, of the same size
   */
  static RunDisks create(Path directory, SourceTree source, long diskBytes, Optional<Path> kept)
      throws IOException, ExecutorException, InterruptedException {
    RunDisks disks = unwritten(directory, diskBytes, kept);
    disks.writeInput(source, directory);
    return disks;
  }

  /**
   * Makes them, the one with the revision's files without content. All are of one size, whatever
   * the revision: a template's disks are as large as its clones'.
   */
  private static RunDisks unwritten(Path directory, long diskBytes, Optional<Path> kept)
      throws IOException {
    RunDisks disks = in(directory, kept);
    setSize(disks.input.file(), roundedUp(diskBytes));
    disks.createWritten(diskBytes);
    return disks;
  }

  /**
   * Writes the revision's files in place of what the disk holds. The guest must have forgotten what
   * it read of that.
   *
   * @param scratch for what their making needs
   */
  void writeInput(SourceTree source, Path scratch)
      throws IOException, ExecutorException, InterruptedException {
    long bytes = inputBytes();
    setSize(input.file(), 0);
    setSize(input.file(), bytes);
    try (ErofsImage image = ErofsImage.create(input.file(), bytes)) {
      source.writeTo(scratch, image.root());
      image.finish();
    }
  }

  /** Makes those that the guest writes to. */
  private void createWritten(long diskBytes) throws IOException {
    DiskLayer.create(scratch.layer(), roundedUp(diskBytes));
    DiskLayer.create(scratch.nextLayer(), roundedUp(diskBytes));
    setSize(output.file(), roundedUp(diskBytes));
  }

  /**
   * Disks of a run without files, of the sizes that any run's have.
   *
   * @param kept the scratch disk as an earlier run left it
   */
  static RunDisks blank(Path directory, long diskBytes, Optional<Path> kept) throws IOException {
    RunDisks disks = unwritten(directory, diskBytes, kept);
    try (ErofsImage image = ErofsImage.create(disks.input.file(), diskBytes)) {
      image.finish();
    }
    return disks;
  }

  /** The disks of a copy of a frozen guest: it reads the same input, and writes to a layer. */
  static RunDisks ofFrozen(Path directory, FrozenStore.Entry frozen) throws IOException {
    FrozenGuest.Sizes sizes = frozen.guest().machine().sizes();
    RunDisks disks = in(directory, Optional.of(frozen.scratch()));
    disks.createWritten(sizes.diskBytes());
    // A guest that an older version froze has read its input, and keeps none.
    if (!Files.exists(frozen.input())) {
      setSize(disks.input.file(), sizes.inputBytes());
      return disks;
    }
    return new RunDisks(
        new RawDisk(disks.input.serial(), frozen.input(), true), disks.scratch, disks.output);
  }

  /** The disks as they are named below a directory. */
  static RunDisks in(Path directory, Optional<Path> kept) {
    return new RunDisks(
        new RawDisk("input", directory.resolve("input"), true),
        new LayeredDisk(
            "scratch", kept, directory.resolve("scratch"), directory.resolve("scratch-next")),
        new RawDisk("output", directory.resolve("output"), false));
  }

  /** The same disks, the scratch disk above a blank one's file system unless it was used before. */
  RunDisks above(Path blank) {
    return new RunDisks(
        input,
        new LayeredDisk(
            scratch.serial(),
            Optional.of(scratch.base().orElse(blank)),
            scratch.layer(),
            scratch.nextLayer()),
        output);
  }

  /** Makes the disks that a machine may have written to blank again. */
  void blankAgain() throws IOException {
    long bytes = Files.size(output.file());
    for (Path layer : List.of(scratch.layer(), scratch.nextLayer())) {
      Files.delete(layer);
      DiskLayer.create(layer, bytes);
    }
    setSize(output.file(), 0);
    setSize(output.file(), bytes);
  }

  long inputBytes() throws IOException {
    return Files.size(input.file());
  }

  List<Disk> asDisks() {
    return List.of(input, scratch, output);
  }

  /** The size of each of them in bytes. */
  static long roundedUp(long bytes) {
    return (bytes + SECTOR - 1) / SECTOR * SECTOR;
  }

  private static void setSize(Path file, long bytes) throws IOException {
    try (RandomAccessFile sized = new RandomAccessFile(file.toFile(), "rw")) {
      sized.setLength(bytes);
    }
  }
}
