package dev.peer.source;

import dev.peer.core.id.Digest;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import org.eclipse.jgit.lib.Repository;

/** The contents that git-lfs keeps for a clone. */
record LfsStore(Path objects) {

  /** The content of a file is not what its pointer names. */
  static final class DamagedException extends IOException {
    private static final long serialVersionUID = 1;

    DamagedException(Path file) {
      super(file + " is damaged");
    }
  }

  /** Where the repository's configuration has it, by default below its git directory. */
  static LfsStore of(Repository git) {
    File common = git.getCommonDirectory();
    String configured = git.getConfig().getString("lfs", null, "storage");
    Path storage = common.toPath().resolve(configured == null ? "lfs" : configured);
    return new LfsStore(storage.resolve("objects"));
  }

  boolean has(LfsPointer pointer) {
    try {
      Path file = file(pointer);
      return pointer.size() == 0
          || (Files.isRegularFile(file) && Files.size(file) == pointer.size());
    } catch (IOException e) {
      return false;
    }
  }

  /** Writes the content; a {@link DamagedException} says that it was another. */
  void copy(LfsPointer pointer, OutputStream out) throws IOException {
    MessageDigest digest = Digest.sha256();
    if (pointer.size() > 0) {
      try (InputStream in = new DigestInputStream(Files.newInputStream(file(pointer)), digest)) {
        in.transferTo(out);
      }
    }
    if (!Digest.ofFinished(digest).equals(pointer.content())) {
      throw new DamagedException(file(pointer));
    }
  }

  private Path file(LfsPointer pointer) {
    String hex = pointer.content().hex();
    return objects.resolve(hex.substring(0, 2)).resolve(hex.substring(2, 4)).resolve(hex);
  }
}
