package dev.peer.core.scratch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A new directory, mode 0700, that is removed when it is closed.
 *
 * <p>Its owner holds a lock on a file beside it, which the kernel frees when the process ends,
 * however it ends. {@link #reap} removes directories whose lock nobody holds, in a parent that is
 * ours alone.
 */
public final class ScratchDirectory implements AutoCloseable {

  private static final String LOCK = ".lock";
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path path;
  private final Path lockFile;
  private final FileHold hold;

  private ScratchDirectory(Path path, Path lockFile, FileHold hold) {
    this.path = path;
    this.lockFile = lockFile;
    this.hold = hold;
  }

  /**
   * Makes a directory in the parent, which is made if it is missing.
   *
   * @throws IOException if the parent is another user's or others may write to it: they could lay
   *     their own things beneath ours
   */
  public static ScratchDirectory in(Path parent) throws IOException {
    createPrivate(parent);
    DirectoryHandle.ofOurs(parent).close();
    byte[] random = new byte[8];
    RANDOM.nextBytes(random);
    Path path = parent.resolve(HexFormat.of().formatHex(random));
    Path lockFile = lockOf(path);
    FileHold hold = FileHold.create(lockFile);
    try {
      createPrivate(path);
      return new ScratchDirectory(path, lockFile, hold);
    } catch (IOException e) {
      hold.close();
      Files.deleteIfExists(lockFile);
      throw e;
    }
  }

  /**
   * Removes what ended processes have left in the parent.
   *
   * @throws IOException if the parent is another user's or others may write to it: its content may
   *     not be ours
   */
  public static void reap(Path parent) throws IOException {
    if (!Files.isDirectory(parent, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (DirectoryHandle directory = DirectoryHandle.ofOurs(parent)) {
      for (Path name : directory.names()) {
        if (name.toString().endsWith(LOCK)) {
          reapOne(directory, parent.resolve(name));
        }
      }
    }
  }

  private static void reapOne(DirectoryHandle parent, Path lockFile) throws IOException {
    try {
      Optional<FileHold> hold = FileHold.tryAlone(lockFile);
      if (hold.isPresent()) {
        try (FileHold _ = hold.get()) {
          String name = lockFile.getFileName().toString();
          parent.remove(Path.of(name.substring(0, name.length() - LOCK.length())));
          parent.remove(lockFile.getFileName());
        }
      }
    } catch (NoSuchFileException e) {
      // Its owner has just removed it.
      return;
    }
  }

  /** Makes a directory with mode 0700, with its parents, unless it is there. */
  public static void createPrivate(Path directory) throws IOException {
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /**
   * Removes a file, or a directory with everything in it, if it is there. Removes links and does
   * not follow them, even one that appears where a directory was.
   */
  public static void delete(Path path) throws IOException {
    Path absolute = path.toAbsolutePath().normalize();
    try (DirectoryHandle parent = DirectoryHandle.of(absolute.getParent())) {
      parent.remove(absolute.getFileName());
    } catch (NoSuchFileException e) {
      // Not even its directory is there.
      return;
    }
  }

  /** The directory. */
  public Path path() {
    return path;
  }

  /**
   * Gives the directory away: it is moved to the target in one step, and closing this removes
   * nothing but the lock.
   */
  public void moveTo(Path target) throws IOException {
    Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Removes the directory and the lock. */
  @Override
  public void close() throws IOException {
    try (hold) {
      delete(path);
      Files.deleteIfExists(lockFile);
    }
  }

  private static Path lockOf(Path path) {
    return path.resolveSibling(path.getFileName() + LOCK);
  }
}
