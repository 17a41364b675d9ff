package dev.peer.core.platform;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** Where programs are, by the variable {@code PATH}. */
public final class SearchPath {

  private SearchPath() {}

  /**
   * The first program of this name that the user may run. An empty part of {@code PATH}, which a
   * shell takes for the working directory, is passed over: programs of a repository are no tools.
   *
   * @param environment has {@code PATH}, or not
   */
  public static Optional<Path> find(String name, Map<String, String> environment) {
    return Arrays.stream(environment.getOrDefault("PATH", "").split(File.pathSeparator))
        .filter(directory -> !directory.isEmpty())
        .map(directory -> Path.of(directory, name).toAbsolutePath())
        .filter(SearchPath::isProgram)
        .findFirst();
  }

  /** Whether it is a file that the user may run. */
  public static boolean isProgram(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }
}
