package dev.peer.core.scratch;

import dev.peer.core.platform.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import java.util.Set;

/** Tells whether a file or directory is for this user alone. */
public final class PrivatePath {

  private PrivatePath() {}

  /**
   * Whether it is this user's, no link, and closed to everyone beyond these permissions.
   *
   * @throws java.nio.file.NoSuchFileException if it is not there
   */
  public static boolean isOurs(Path path, Set<PosixFilePermission> most) throws IOException {
    Map<String, Object> attributes =
        Files.readAttributes(
            path, "unix:uid,permissions,isSymbolicLink", LinkOption.NOFOLLOW_LINKS);
    boolean alone =
        attributes.get("permissions") instanceof Set<?> permissions
            && most.containsAll(permissions);
    return alone
        && attributes.get("uid").equals(Platform.current().uid())
        && !attributes.get("isSymbolicLink").equals(true);
  }
}
