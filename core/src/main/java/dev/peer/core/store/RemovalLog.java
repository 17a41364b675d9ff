package dev.peer.core.store;

import dev.peer.core.record.MalformedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The record of removed results, one line each, the latest last. It only explains: lines lost when
 * two processes shorten it at once do no harm.
 */
final class RemovalLog {

  private static final int LARGEST = 1 << 20;
  private static final int KEPT_LINES = 1_000;

  private final Path file;

  RemovalLog(Path file) {
    this.file = file;
  }

  void add(Removal gone) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    line.writeBytes(gone.line());
    line.write('\n');
    Files.write(file, line.toByteArray(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    if (Files.size(file) > LARGEST) {
      shorten();
    }
  }

  /** The latest first; lines that are damaged are passed over. */
  List<Removal> read() throws IOException {
    List<Removal> gone = new ArrayList<>();
    for (String line : lines()) {
      try {
        gone.add(Removal.parse(line));
      } catch (MalformedException e) {
        // It was cut short when a process was killed.
        continue;
      }
    }
    return gone.reversed();
  }

  private List<String> lines() throws IOException {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  private void shorten() throws IOException {
    List<String> lines = lines();
    Path beside = Files.createTempFile(file.getParent(), file.getFileName() + "-", "");
    try {
      Files.write(beside, lines.subList(Math.max(0, lines.size() - KEPT_LINES), lines.size()));
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(beside);
    }
  }
}
