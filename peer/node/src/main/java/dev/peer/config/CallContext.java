package dev.peer.config;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where a command was called.
 *
 * @param directory an absolute path
 * @param environment the variables that count
 * @param isOwnProcess whether the process is this command's alone: it may start machines and stay
 */
public record CallContext(Path directory, Map<String, String> environment, boolean isOwnProcess) {

  /** Reads a variable only when somebody asks for it. */
  public CallContext {
    environment = LayeredVariables.unmodifiable(environment);
  }

  /** For a command in a process of its own. */
  public CallContext(Path directory, Map<String, String> environment) {
    this(directory, environment, true);
  }

  /** The settings that these variables make, with no revision's. */
  public Settings settings() {
    return Settings.of(environment);
  }

  /**
   * Those of this process, with the settings of its user's file, which is read once.
   *
   * @throws ConfigException if that file cannot be used
   */
  public static CallContext ofProcess() throws ConfigException {
    return new CallContext(Path.of("").toAbsolutePath(), ProcessVariables.get());
  }
}
