package dev.peer.fuzz;

import dev.peer.core.scratch.ScratchDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Directories for parsers of files, in memory where there is such a place. */
final class Scratch {

  private static final Path ROOT = root();

  private Scratch() {}

  static Path directory() throws IOException {
    return Files.createTempDirectory(ROOT, "");
  }

  static void delete(Path directory) throws IOException {
    ScratchDirectory.delete(directory);
  }

  private static Path root() {
    Path memory = Path.of("/dev/shm");
    Path parent = Files.isWritable(memory) ? memory : Path.of(System.getProperty("java.io.tmpdir"));
    try {
      Path root = Files.createTempDirectory(parent, "peer-fuzz");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> deleteQuietly(root)));
      return root;
    } catch (IOException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static void deleteQuietly(Path root) {
    try {
      delete(root);
    } catch (IOException e) {
      // It is in a place for what may be left.
      return;
    }
  }
}
