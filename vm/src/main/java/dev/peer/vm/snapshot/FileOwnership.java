package dev.peer.vm.snapshot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Who owns the files that machines leave. */
final class FileOwnership {

  private static final String UID = "unix:uid";

  private FileOwnership() {}

  /** Makes a file ours, which QEMU may have written as another user, and only to be read. */
  static void takeOver(Path file, Path ours) throws IOException {
    Object uid = Files.getAttribute(ours, UID);
    if (!uid.equals(Files.getAttribute(file, UID))) {
      Files.setAttribute(file, UID, uid);
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
  }
}
