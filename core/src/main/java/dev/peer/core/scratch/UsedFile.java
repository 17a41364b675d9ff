package dev.peer.core.scratch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A file that is kept as long as it is of use.
 *
 * @param used its time, which is that of its last use
 */
public record UsedFile(Path path, long bytes, Instant used) {

  /** The files below a directory, the last used first; none if it is not there. */
  public static List<UsedFile> below(Path directory) throws IOException {
    List<UsedFile> files = new ArrayList<>();
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        read(path).ifPresent(files::add);
      }
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    files.sort(Comparator.comparing(UsedFile::used).reversed());
    return files;
  }

  /** Empty for what is no file, or was removed meanwhile. */
  private static Optional<UsedFile> read(Path path) throws IOException {
    try {
      BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
      return found.isRegularFile()
          ? Optional.of(new UsedFile(path, found.size(), found.lastModifiedTime().toInstant()))
          : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** How many bytes some files have together. */
  public static long bytes(List<UsedFile> files) {
    return files.stream().mapToLong(UsedFile::bytes).sum();
  }

  /**
   * Removes what was not used for too long, and the least recently used where all together are too
   * large.
   *
   * @param oldest the last use of what may stay
   * @param inUse what was used since then stays, even then
   */
  public static void limit(List<UsedFile> files, Instant oldest, long maxBytes, Instant inUse)
      throws IOException {
    long bytes = 0;
    for (UsedFile file :
        files.stream().sorted(Comparator.comparing(UsedFile::used).reversed()).toList()) {
      boolean old = file.used().isBefore(oldest);
      boolean tooMuch = bytes + file.bytes() > maxBytes;
      if ((old || tooMuch) && file.used().isBefore(inUse)) {
        Files.deleteIfExists(file.path());
      } else {
        bytes += file.bytes();
      }
    }
  }
}
