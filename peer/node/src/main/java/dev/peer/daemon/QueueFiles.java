package dev.peer.daemon;

import dev.peer.core.record.MalformedException;
import dev.peer.core.scratch.DurableFile;
import dev.peer.core.scratch.ScratchDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * The runs of a queue on disk: a file {@code ID.json} for each, which is there whole or not at all.
 */
final class QueueFiles {

  private static final int LARGEST = 4 << 20;
  private static final String SUFFIX = ".json";

  /** Of what cannot be read. */
  private static final String UNREADABLE = ".unreadable";

  private final Path directory;

  QueueFiles(Path directory) {
    this.directory = directory;
  }

  /** Makes the directory if it is missing, and removes unfinished files. */
  void open() throws IOException {
    ScratchDirectory.createPrivate(directory);
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(directory, "*" + DurableFile.UNFINISHED)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** When it returns, the entry outlives a power cut. */
  void write(QueueEntry entry) throws IOException {
    DurableFile.write(fileOf(entry.id()), entry.json());
  }

  void remove(long id) throws IOException {
    Files.deleteIfExists(fileOf(id));
  }

  /**
   * All that can be read, the first to be accepted first.
   *
   * @param unreadable told of each file that cannot be read, and why
   */
  List<QueueEntry> read(BiConsumer<Path, String> unreadable) throws IOException {
    List<QueueEntry> entries = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        try {
          if (file.getFileName().toString().endsWith(SUFFIX)) {
            entries.add(read(file));
          }
        } catch (MalformedException e) {
          unreadable.accept(file, e.getMessage());
        } catch (NoSuchFileException e) {
          // The daemon has just removed it.
          continue;
        }
      }
    }
    entries.sort(Comparator.comparingLong(QueueEntry::id));
    return entries;
  }

  /** Moves an unreadable file out of the way, and says where it is. */
  static Path setAside(Path file) throws IOException {
    Path aside = file.resolveSibling(file.getFileName() + UNREADABLE);
    return Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
  }

  private QueueEntry read(Path file) throws IOException, MalformedException {
    try (InputStream in = Files.newInputStream(file)) {
      QueueEntry entry = QueueEntry.parse(in.readNBytes(LARGEST));
      if (!file.equals(fileOf(entry.id()))) {
        throw new MalformedException("the file has another name than its run");
      }
      return entry;
    }
  }

  private Path fileOf(long id) {
    return directory.resolve(id + SUFFIX);
  }
}
