package dev.peer.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The real git command in one directory, away from any configuration of the machine. */
public final class Git {

  private final Path directory;

  private Git(Path directory) {
    this.directory = directory;
  }

  public static Git in(Path directory) {
    return new Git(directory);
  }

  /** A new repository with branch {@code main}. */
  public static Git init(Path directory, String... options) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> command = new ArrayList<>(List.of("init", "-q", "-b", "main"));
    command.addAll(List.of(options));
    Git git = new Git(directory);
    git.run(command.toArray(String[]::new));
    return git;
  }

  public Path directory() {
    return directory;
  }

  /** Runs git, which must succeed; its standard output without the last line break. */
  public String run(String... arguments) {
    return runWith(new byte[0], arguments);
  }

  /** As {@link #run}, with these bytes on standard input. */
  String runWith(byte[] input, String... arguments) {
    List<String> command =
        new ArrayList<>(List.of("git", "-c", "protocol.file.allow=always", "-c", "gc.auto=0"));
    command.addAll(List.of(arguments));
    return new String(run(directory, input, command), StandardCharsets.UTF_8)
        .replaceFirst("\n$", "");
  }

  /** Writes a file of the work tree. */
  public Git write(String path, String content) throws IOException {
    Path file = directory.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
    return this;
  }

  /** Commits the whole work tree; the commit's id. */
  public String commitAll(String message) {
    run("add", "-A");
    run("commit", "-q", "--allow-empty", "-m", message);
    return run("rev-parse", "HEAD");
  }

  static byte[] run(Path directory, byte[] input, List<String> command) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
      builder.redirectErrorStream(false);
      builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
      builder
          .environment()
          .putAll(
              Map.of(
                  "GIT_CONFIG_NOSYSTEM", "1",
                  "GIT_CONFIG_GLOBAL", "/dev/null",
                  "GIT_AUTHOR_NAME", "A",
                  "GIT_AUTHOR_EMAIL", "a@example.org",
                  "GIT_COMMITTER_NAME", "C",
                  "GIT_COMMITTER_EMAIL", "c@example.org"));
      Path errors = Files.createTempFile("git", ".err");
      Process process = builder.redirectError(errors.toFile()).start();
      try (OutputStream in = process.getOutputStream()) {
        in.write(input);
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      process.getInputStream().transferTo(out);
      int exit = process.waitFor();
      assertThat(exit).as("%s: %s", command, Files.readString(errors)).isZero();
      Files.delete(errors);
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
