package dev.peer.pki.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A file that is written whole or not at all, and closed to others until it is complete.
 *
 * @param path where it will lie
 * @param permissions its final permissions
 */
record WholeFile(Path path, Set<PosixFilePermission> permissions) {

  /** A file for its owner only. */
  static WholeFile secret(Path path) {
    return new WholeFile(path, PosixFilePermissions.fromString("rw-------"));
  }

  /** A file for everybody to read. */
  static WholeFile open(Path path) {
    return new WholeFile(path, PosixFilePermissions.fromString("rw-r--r--"));
  }

  /**
   * Writes the text.
   *
   * @param overwrite whether a file that is there may go
   * @throws java.nio.file.FileAlreadyExistsException if there is a file and it may not
   */
  void write(String text, boolean overwrite) throws IOException {
    Path target = path.toAbsolutePath();
    // A temporary file is its owner's only.
    Path made = Files.createTempFile(target.getParent(), ".peer-pki-", ".tmp");
    try {
      try (FileChannel channel = FileChannel.open(made, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = StandardCharsets.US_ASCII.encode(text);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.setPosixFilePermissions(made, permissions);
      if (overwrite) {
        Files.move(made, target, StandardCopyOption.ATOMIC_MOVE);
      } else {
        // Unlike a move, a link never replaces an existing file.
        Files.createLink(target, made);
      }
    } finally {
      Files.deleteIfExists(made);
    }
  }
}
