package dev.peer.daemon;

import dev.peer.core.record.MalformedException;
import dev.peer.core.scratch.ScratchDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
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

  /** Of a write that was cut short. */
  private static final String UNFINISHED = ".new";

  /** Of what can not be read. */
  private static final String UNREADABLE = ".unreadable";

  private final Path directory;

  QueueFiles(Path directory) throws IOException {
    this.directory = directory;
    ScratchDirectory.createPrivate(directory);
  }

  /** When it returns, the entry outlives a power cut. */
  void write(QueueEntry entry) throws IOException {
    Path file = fileOf(entry.id());
    Path beside = file.resolveSibling(file.getFileName() + UNFINISHED);
    try (FileChannel channel =
        FileChannel.open(
            beside,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(entry.json());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel names = FileChannel.open(directory)) {
      names.force(true);
    }
  }

  void remove(long id) throws IOException {
    Files.deleteIfExists(fileOf(id));
  }

  /**
   * All that can be read, the first to be accepted first. The rest is set aside.
   *
   * @param unreadable told of a file that was, and why
   */
  List<QueueEntry> read(BiConsumer<Path, String> unreadable) throws IOException {
    List<QueueEntry> entries = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (name.endsWith(UNFINISHED)) {
          Files.deleteIfExists(file);
        } else if (name.endsWith(SUFFIX)) {
          try {
            entries.add(read(file));
          } catch (MalformedException e) {
            Path aside = file.resolveSibling(name + UNREADABLE);
            Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
            unreadable.accept(aside, e.getMessage());
          }
        }
      }
    }
    entries.sort(Comparator.comparingLong(QueueEntry::id));
    return entries;
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
