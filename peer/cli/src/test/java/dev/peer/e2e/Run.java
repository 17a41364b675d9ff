package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.cli.CommandHere;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A command that runs or has run, its output in files. In this process, it takes no signal. */
final class Run {

  /** More than anything here takes; who waits so long has found a hanging command. */
  private static final Duration LIMIT = Duration.ofMinutes(14);

  private static final String OWN = "peer: ";

  private final List<String> command;
  private final Process process;
  private final Path stdout;
  private final Path stderr;

  private Run(List<String> command, Process process, Path stdout, Path stderr) {
    this.command = command;
    this.process = process;
    this.stdout = stdout;
    this.stderr = stderr;
  }

  /**
   * Starts a command.
   *
   * @param environment all of its environment
   * @param output the directory for its output
   */
  static Run start(
      Path directory, Map<String, String> environment, Path output, List<String> command)
      throws IOException {
    Path stdout = Files.createTempFile(output, "stdout", "");
    Path stderr = Files.createTempFile(output, "stderr", "");
    // As from a terminal: whoever starts a build in the background may have them ignored.
    List<String> whole = new ArrayList<>(List.of("/usr/bin/env", "--default-signal=HUP,INT,TERM"));
    whole.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(whole)
            .directory(directory.toFile())
            .redirectOutput(stdout.toFile())
            .redirectError(stderr.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    return new Run(command, process, stdout, stderr);
  }

  /** As the other, a {@code peer} command in this process. */
  static Run startHere(
      Path directory, Map<String, String> environment, Path output, List<String> arguments)
      throws IOException {
    Path stdout = Files.createTempFile(output, "stdout", "");
    Path stderr = Files.createTempFile(output, "stderr", "");
    Process process =
        CommandHere.start(directory, environment, stdout, stderr, arguments.toArray(String[]::new));
    return new Run(arguments, process, stdout, stderr);
  }

  /** Waits until it has ended. */
  Run await() throws InterruptedException {
    if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("does not end: " + describe());
    }
    return this;
  }

  /** Waits for a line on stderr that the pattern matches, and gives its first group. */
  String awaitLine(String pattern) throws InterruptedException {
    return awaitLine(pattern, LIMIT);
  }

  /** As the other, for what takes longer than all the rest. */
  String awaitLine(String pattern, Duration limit) throws InterruptedException {
    Pattern line = Pattern.compile(pattern, Pattern.MULTILINE);
    Instant until = Instant.now().plus(limit);
    while (Instant.now().isBefore(until)) {
      boolean ended = !process.isAlive();
      var found = line.matcher(stderr());
      if (found.find()) {
        return found.group(found.groupCount());
      }
      if (ended) {
        throw new AssertionError("ended without \"" + pattern + "\": " + describe());
      }
      Thread.sleep(20);
    }
    throw new AssertionError("never said \"" + pattern + "\": " + describe());
  }

  /** Sends a signal, such as {@code TERM}, to this process alone. */
  Run signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-s", name, Long.toString(pid())).inheritIO().start().waitFor();
    return this;
  }

  /** Ends it at once, in whatever state it is. */
  void kill() {
    process.destroyForcibly();
  }

  /** Ends it in whatever way, for the end of a test. */
  void end() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError("did not end on SIGTERM: " + describe());
    }
  }

  long pid() {
    return process.pid();
  }

  boolean alive() {
    return process.isAlive();
  }

  /** The exit code, once it has ended. */
  int exitCode() {
    return process.exitValue();
  }

  Run hasExitCode(int expected) {
    assertThat(exitCode()).as(describe()).isEqualTo(expected);
    return this;
  }

  /** Asserts that it ended with an error line, a hint and nothing on stdout. */
  Run refuses(int exitCode, String error) {
    hasExitCode(exitCode);
    assertThat(stderr())
        .containsPattern("(?m)^peer: error: .*" + error)
        .containsPattern("(?m)^peer: hint: .+");
    assertThat(stdoutBytes()).isEmpty();
    return this;
  }

  byte[] stdoutBytes() {
    return read(stdout);
  }

  String stdout() {
    return new String(stdoutBytes(), StandardCharsets.UTF_8);
  }

  String stderr() {
    return new String(read(stderr), StandardCharsets.UTF_8);
  }

  /** What the tests, and not peer, wrote to stderr. */
  String testStderr() {
    return stderr().lines().filter(line -> !line.startsWith(OWN)).collect(Collectors.joining("\n"));
  }

  private String describe() {
    return command + (alive() ? "" : " exit " + exitCode()) + "\n" + stdout() + "\n" + stderr();
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
