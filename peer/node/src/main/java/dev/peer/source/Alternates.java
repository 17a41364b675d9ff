package dev.peer.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.eclipse.jgit.lib.Repository;

/** The directories of other repositories that one borrows objects from. */
final class Alternates {

  private Alternates() {}

  /** The first one that is named and not there. */
  static Optional<String> missing(Repository git) throws IOException {
    Path objects = git.getCommonDirectory().toPath().resolve("objects");
    Path file = objects.resolve("info/alternates");
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    return Files.readAllLines(file).stream()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .filter(line -> !Files.isDirectory(objects.resolve(line)))
        .findFirst();
  }
}
