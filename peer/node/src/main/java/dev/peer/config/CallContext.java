package dev.peer.config;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where a command was called.
 *
 * @param directory an absolute path
 * @param environment the variables that count
 */
public record CallContext(Path directory, Map<String, String> environment) {

  public CallContext {
    environment = Map.copyOf(environment);
  }

  /** The settings that these variables make, with no revision's. */
  public Settings settings() {
    return Settings.of(environment);
  }

  /** Those of this process. */
  public static CallContext ofProcess() {
    return new CallContext(Path.of("").toAbsolutePath(), System.getenv());
  }
}
