package dev.peer.core.record;

import java.io.IOException;
import java.nio.file.Path;

/** Checks whether a disk has room for a size that another party announced. */
public final class DiskRoom {

  private DiskRoom() {}

  /**
   * Refuses a transfer that would fill the disk.
   *
   * @param directory is there, on the disk in question
   * @throws IOException if there is less room; says how much
   */
  public static void require(Path directory, long bytes) throws IOException {
    // Not by a FileStore: in a chroot there may be no mount that the path lies on.
    long free = directory.toFile().getUsableSpace();
    if (bytes > free) {
      throw new IOException(
          bytes + " bytes are needed in " + directory + ", and " + free + " are free");
    }
  }
}
