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
 * A file with a line for each entry, the latest last. Several processes may add to it. It is for
 * what only explains or counts: lines lost in a power cut, or when two processes shorten it at
 * once, do no harm.
 *
 * @param <T> what a line holds
 * @param file need not be there
 * @param parser reads a line
 * @param largest from how many bytes on the file is shortened
 * @param kept how many lines remain then
 */
record LineLog<T>(Path file, Parser<T> parser, int largest, int kept) {

  /** Reads a line, without its end. */
  @FunctionalInterface
  interface Parser<T> {
    T parse(String line) throws MalformedException;
  }

  /** Adds a line, given without its end. Does not wait for the disk. */
  void add(String line) throws IOException {
    // One write: lines of several processes do not mix.
    Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    if (Files.size(file) > largest) {
      shorten();
    }
  }

  /** The latest entries, as many as remain when it is shortened; none where it cannot be read. */
  List<T> latest() {
    try {
      List<T> entries = read();
      return entries.subList(Math.max(0, entries.size() - kept), entries.size());
    } catch (IOException e) {
      return List.of();
    }
  }

  /** The entries, the latest last; damaged lines are passed over. */
  List<T> read() throws IOException {
    // A list of results asks for the logs of many, and most have none.
    if (!Files.exists(file)) {
      return List.of();
    }
    List<T> entries = new ArrayList<>();
    for (String line : lines()) {
      try {
        entries.add(parser.parse(line));
      } catch (MalformedException e) {
        // It was cut short when a process was killed.
        continue;
      }
    }
    return entries;
  }

  private List<String> lines() throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList();
  }

  private void shorten() throws IOException {
    List<String> lines = lines();
    Path beside = Files.createTempFile(file.getParent(), file.getFileName() + "-", "");
    try {
      Files.write(beside, lines.subList(Math.max(0, lines.size() - kept), lines.size()));
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(beside);
    }
  }
}
