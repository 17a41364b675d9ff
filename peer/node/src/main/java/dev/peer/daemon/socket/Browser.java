package dev.peer.daemon.socket;

import dev.peer.core.platform.SearchPath;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The user's browser: the first command of {@code BROWSER} that is there, else {@code xdg-open}, or
 * {@code open} on macOS.
 */
public final class Browser {

  /** Elsewhere, {@code open} may be another command. */
  private static final String USUAL =
      System.getProperty("os.name").startsWith("Mac") ? "open" : "xdg-open";

  private static final File NOTHING = new File("/dev/null");

  private final Path program;
  private final Map<String, String> environment;

  private Browser(Path program, Map<String, String> environment) {
    this.program = program;
    this.environment = environment;
  }

  /**
   * Looks for it.
   *
   * @param environment of the caller; the browser gets it without our settings
   */
  public static Optional<Browser> find(Map<String, String> environment) {
    Map<String, String> passed = new TreeMap<>(environment);
    passed.keySet().removeIf(name -> name.startsWith("PEER_"));
    Stream<String> chosen =
        Arrays.stream(environment.getOrDefault("BROWSER", "").split(":"))
            .filter(command -> !command.isEmpty());
    return Stream.concat(chosen, Stream.of(USUAL))
        .flatMap(command -> program(command, environment).stream())
        .findFirst()
        .map(program -> new Browser(program, passed));
  }

  /** What is started. */
  Path program() {
    return program;
  }

  /** Starts it, and does not wait. What it says goes nowhere. */
  public void open(String address) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(program.toString(), address)
            .redirectInput(NOTHING)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.start();
  }

  private static Optional<Path> program(String command, Map<String, String> environment) {
    return command.contains("/")
        ? Optional.of(Path.of(command)).filter(SearchPath::isProgram)
        : SearchPath.find(command, environment);
  }
}
