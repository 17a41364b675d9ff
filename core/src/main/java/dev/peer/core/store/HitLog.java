package dev.peer.core.store;

import dev.peer.core.record.MalformedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The hits of each result, a line each in a file beside it, the latest last; they go with the
 * result. They only count: lines lost in a power cut, or when two processes shorten a file at once,
 * do no harm.
 */
public final class HitLog {

  /** How many hits of a result are known, the latest. */
  public static final int MOST = 1_000;

  private static final int LARGEST = 64 << 10;

  private HitLog() {}

  /** Adds a hit of an open result. Does not wait for the disk. */
  public static void add(StoredRecord record, Hit hit) throws IOException {
    Path file = fileBeside(record.bundleFile());
    // One write: lines of several processes do not mix.
    Files.write(
        file,
        (hit.line() + "\n").getBytes(StandardCharsets.US_ASCII),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    if (Files.size(file) > LARGEST) {
      shorten(file);
    }
  }

  /** The hits of an open result, the latest last; none where they cannot be read. */
  public static List<Hit> of(StoredRecord record) {
    return read(fileBeside(record.bundleFile()));
  }

  /** The hits of a result in the store, the latest last; none if it has just been removed. */
  public static List<Hit> of(StoredEntry entry) {
    return read(fileBeside(entry.bundleFile()));
  }

  private static Path fileBeside(Path bundle) {
    return bundle.resolveSibling(EntryFiles.HITS);
  }

  private static List<Hit> read(Path file) {
    // Most results have none, and a list asks for many.
    if (!Files.exists(file)) {
      return List.of();
    }
    List<Hit> hits = new ArrayList<>();
    try {
      for (String line : lines(file)) {
        add(hits, line);
      }
    } catch (IOException e) {
      return List.of();
    }
    return hits.subList(Math.max(0, hits.size() - MOST), hits.size());
  }

  private static void add(List<Hit> hits, String line) {
    try {
      hits.add(Hit.parse(line));
    } catch (MalformedException e) {
      // It was cut short when a process was killed.
      return;
    }
  }

  private static List<String> lines(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.US_ASCII).lines().toList();
  }

  private static void shorten(Path file) throws IOException {
    List<String> lines = lines(file);
    Path beside = Files.createTempFile(file.getParent(), file.getFileName() + "-", "");
    try {
      Files.write(beside, lines.subList(Math.max(0, lines.size() - MOST), lines.size()));
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(beside);
    }
  }
}
