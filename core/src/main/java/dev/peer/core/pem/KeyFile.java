package dev.peer.core.pem;

import dev.peer.core.id.Printable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** The file of a private key, which only its owner may read. */
public final class KeyFile {

  private static final Set<PosixFilePermission> OWNERS =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private KeyFile() {}

  /**
   * Refuses a key's file that its group or others may read, write or execute. For a link, its
   * target counts. The owner does not matter: only root can read another user's file, and may. The
   * mode of anything but a plain file does not matter either: a pipe keeps nothing for others.
   *
   * @param what names the file in messages: a variable's name
   * @param file the file, which is there
   */
  public static void requirePrivate(String what, Path file) throws CredentialException {
    Set<PosixFilePermission> permissions;
    try {
      permissions = Files.getPosixFilePermissions(file);
    } catch (IOException | UnsupportedOperationException e) {
      throw new CredentialException(
          what + ": cannot tell who may read " + shown(file),
          "keep the key in a file whose mode can be set to 600",
          e);
    }
    if (Files.isRegularFile(file) && !OWNERS.containsAll(permissions)) {
      throw new CredentialException(
          what
              + ": the private key in "
              + shown(file)
              + " is open to others: its mode is "
              + PosixFilePermissions.toString(permissions),
          "run chmod 600 "
              + shown(file)
              + ", and have a new key certified if anyone else could read it"
              + (what.startsWith("PEER_")
                  ? "; where a mount sets the mode, " + what + " takes the PEM itself"
                  : ""));
    }
  }

  private static String shown(Path file) {
    return Printable.of(file.toString());
  }
}
