package dev.peer.vm.exec;

import dev.peer.core.scratch.ScratchDirectory;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The directories of one machine, which go with it.
 *
 * @param files its disks, and QEMU's working directory
 * @param sockets where the host listens
 */
record MachineDirectories(ScratchDirectory files, ScratchDirectory sockets)
    implements AutoCloseable {

  /**
   * Makes them.
   *
   * @param runs where the files of runs are
   * @param sockets a directory whose path is short
   */
  static MachineDirectories in(Path runs, Path sockets) throws IOException {
    ScratchDirectory files = ScratchDirectory.in(runs);
    try {
      return new MachineDirectories(files, ScratchDirectory.in(sockets));
    } catch (IOException | RuntimeException e) {
      files.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    try (files) {
      sockets.close();
    }
  }
}
