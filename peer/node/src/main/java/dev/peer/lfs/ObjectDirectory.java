package dev.peer.lfs;

import dev.peer.core.id.Digest;
import dev.peer.core.record.Content;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;

/**
 * A directory of contents, each where git-lfs has it.
 *
 * @param root need not be there
 */
public record ObjectDirectory(Path root) {

  /** A file's content is not the one that it is named by. */
  public static final class DamagedException extends IOException {
    private static final long serialVersionUID = 1;

    DamagedException(Path file) {
      super(file + " is damaged");
    }
  }

  /** Where the content is, or would be. */
  public Path file(Digest content) {
    String hex = content.hex();
    return root.resolve(hex.substring(0, 2)).resolve(hex.substring(2, 4)).resolve(hex);
  }

  /** Whether there is a file of that name and size. An empty content needs none. */
  public boolean has(Content content) {
    try {
      Path file = file(content.digest());
      return content.size() == 0
          || (Files.isRegularFile(file) && Files.size(file) == content.size());
    } catch (IOException e) {
      return false;
    }
  }

  /** Writes the content; a {@link DamagedException} says that it was another. */
  public void copy(Content content, OutputStream out) throws IOException {
    MessageDigest digest = Digest.sha256();
    Path file = file(content.digest());
    if (content.size() > 0) {
      try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
        in.transferTo(out);
      }
    }
    if (!Digest.ofFinished(digest).equals(content.digest())) {
      throw new DamagedException(file);
    }
  }
}
