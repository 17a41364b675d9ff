package dev.peer.vm.exec;

import dev.peer.core.flow.ExecutionRequest.SourceArchive;
import dev.peer.vm.qemu.MachineSpec.Disk;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The disks of one run: the revision's tar to read, a blank one to write to, and one for the tar of
 * the artifacts. The last two are sparse.
 */
record RunDisks(Path input, Path scratch, Path output) {

  private static final int SECTOR = 512;

  static RunDisks create(Path directory, SourceArchive source, long diskBytes) throws IOException {
    RunDisks disks =
        new RunDisks(
            directory.resolve("input"), directory.resolve("scratch"), directory.resolve("output"));
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(disks.input), 1 << 16)) {
      source.writeTo(directory, out);
    }
    // All of one size, whatever the revision: a template's disks are as large as its clones'.
    setSize(disks.input, roundedUp(Math.max(Files.size(disks.input), diskBytes)));
    setSize(disks.scratch, roundedUp(diskBytes));
    setSize(disks.output, roundedUp(diskBytes));
    return disks;
  }

  /** Disks without content, of the sizes that a run's have. */
  static RunDisks blank(Path directory, long diskBytes) throws IOException {
    return create(directory, (scratch, out) -> {}, diskBytes);
  }

  /** Makes the disks that a machine may have written to blank again. */
  void blankAgain() throws IOException {
    for (Path disk : List.of(scratch, output)) {
      long bytes = Files.size(disk);
      setSize(disk, 0);
      setSize(disk, bytes);
    }
  }

  long inputBytes() throws IOException {
    return Files.size(input);
  }

  List<Disk> asDisks() {
    return List.of(
        new Disk("input", input, true),
        new Disk("scratch", scratch, false),
        new Disk("output", output, false));
  }

  private static long roundedUp(long bytes) {
    return (bytes + SECTOR - 1) / SECTOR * SECTOR;
  }

  private static void setSize(Path file, long bytes) throws IOException {
    try (RandomAccessFile sized = new RandomAccessFile(file.toFile(), "rw")) {
      sized.setLength(bytes);
    }
  }
}
