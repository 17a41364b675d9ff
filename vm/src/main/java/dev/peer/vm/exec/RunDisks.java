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
    setSize(disks.input, roundedUp(Files.size(disks.input)));
    setSize(disks.scratch, roundedUp(diskBytes));
    setSize(disks.output, roundedUp(diskBytes));
    return disks;
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
