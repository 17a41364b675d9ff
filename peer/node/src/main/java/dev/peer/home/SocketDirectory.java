package dev.peer.home;

import dev.peer.core.platform.Platform;
import dev.peer.core.scratch.DirectoryHandle;
import dev.peer.core.scratch.PrivatePath;
import dev.peer.core.scratch.ScratchDirectory;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;

/**
 * The directory for this user's sockets, whose paths must be short.
 *
 * <p>It is {@code peer} in {@code XDG_RUNTIME_DIR}, if that is the user's own. Else it is in the
 * directory for temporary files, where anyone can create a file of a predictable name first. So its
 * name is random, and the link {@code sockets} in the home remembers it.
 */
public final class SocketDirectory {

  private static final String RUNTIME = "XDG_RUNTIME_DIR";

  private SocketDirectory() {}

  /** The directory; its parent exists. */
  public static Path of(HomeLayout layout, Map<String, String> environment, Path temporary)
      throws IOException {
    Optional<Path> runtime = runtime(environment);
    return runtime.isPresent() ? runtime.get().resolve("peer") : remembered(layout, temporary);
  }

  private static Optional<Path> runtime(Map<String, String> environment) throws IOException {
    Path named = Path.of(environment.getOrDefault(RUNTIME, ""));
    if (!named.isAbsolute() || !Files.isDirectory(named) || !Files.isWritable(named)) {
      return Optional.empty();
    }
    Path directory = named.toRealPath();
    try (DirectoryHandle _ = DirectoryHandle.ofOurs(directory)) {
      return Optional.of(directory);
    } catch (IOException e) {
      // Another owner could replace our files.
      return Optional.empty();
    }
  }

  private static Path remembered(HomeLayout layout, Path temporary) throws IOException {
    Path link = layout.socketsLink();
    Optional<Path> known = target(link);
    return known.isPresent() ? known.get() : make(layout.home(), link, temporary);
  }

  private static Path make(Path home, Path link, Path temporary) throws IOException {
    ScratchDirectory.createPrivate(home);
    Path made = Files.createTempDirectory(temporary, "peer-");
    try {
      Files.createSymbolicLink(link, made);
      return made;
    } catch (FileAlreadyExistsException e) {
      Optional<Path> others = target(link);
      if (others.isPresent()) {
        Files.delete(made);
        return others.get();
      }
    }
    Path beside = Files.createSymbolicLink(home.resolve(made.getFileName()), made);
    Files.move(beside, link, StandardCopyOption.ATOMIC_MOVE);
    return made;
  }

  /** Where the link leads, if both are the user's own. */
  private static Optional<Path> target(Path link) throws IOException {
    try {
      Path target = Files.readSymbolicLink(link);
      boolean ours =
          Files.getOwner(link, LinkOption.NOFOLLOW_LINKS).equals(Platform.current().user())
              && target.isAbsolute()
              && PrivatePath.isOurs(target, PosixFilePermissions.fromString("rwx------"));
      return ours ? Optional.of(target) : Optional.empty();
    } catch (NoSuchFileException | NotLinkException e) {
      return Optional.empty();
    }
  }
}
