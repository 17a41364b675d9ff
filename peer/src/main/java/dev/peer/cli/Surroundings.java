package dev.peer.cli;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where a command was called.
 *
 * @param directory an absolute path
 * @param environment the variables that count
 */
record Surroundings(Path directory, Map<String, String> environment) {

  Surroundings {
    environment = Map.copyOf(environment);
  }

  /** Those of this process. */
  static Surroundings ofProcess() {
    return new Surroundings(Path.of("").toAbsolutePath(), System.getenv());
  }
}
