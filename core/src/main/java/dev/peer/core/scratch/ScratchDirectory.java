package dev.peer.core.scratch;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/**
 * A new directory, mode 0700, that is removed when it is closed.
 *
 * <p>Its owner holds a lock on a file beside it, which the kernel gives back when the process ends
 * in whatever way. {@link #reap} removes the directories whose lock nobody holds.
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
    byte[] random = new byte[8];
    RANDOM.nextBytes(random);
    Path path = parent.resolve(HexFormat.of().formatHex(random));
    Path lockFile = lockOf(path);
    FileHold hold = FileHold.create(lockFile);
    try {
      requireOurs(parent, lockFile);
      createPrivate(path);
      return new ScratchDirectory(path, lockFile, hold);
    } catch (IOException e) {
      hold.close();
      Files.deleteIfExists(lockFile);
      throw e;
    }
  }

  private static void requireOurs(Path parent, Path ourFile) throws IOException {
    Set<PosixFilePermission> permissions =
        Files.getPosixFilePermissions(parent, LinkOption.NOFOLLOW_LINKS);
    boolean ours =
        Files.getOwner(parent, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(ourFile))
            && !permissions.contains(PosixFilePermission.GROUP_WRITE)
            && !permissions.contains(PosixFilePermission.OTHERS_WRITE);
    if (!ours) {
      throw new IOException(
          "the directory " + parent + " is another user's, or others may write to it");
    }
  }

  /** Removes what processes that are gone have left in the parent. */
  public static void reap(Path parent) throws IOException {
    if (!Files.isDirectory(parent)) {
      return;
    }
    try (DirectoryStream<Path> locks = Files.newDirectoryStream(parent, "*" + LOCK)) {
      for (Path lockFile : locks) {
        reapOne(lockFile);
      }
    }
  }

  private static void reapOne(Path lockFile) throws IOException {
    try {
      Optional<FileHold> hold = FileHold.tryAlone(lockFile);
      if (hold.isPresent()) {
        try (FileHold _ = hold.get()) {
          String name = lockFile.getFileName().toString();
          delete(lockFile.resolveSibling(name.substring(0, name.length() - LOCK.length())));
          Files.deleteIfExists(lockFile);
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

  /** Removes a file, or a directory with everything in it; links are removed, not followed. */
  public static void delete(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
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
