package dev.peer.daemon.socket;

import dev.peer.core.platform.Platform;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A command that continues after its starter ends, with its messages in a log. */
public final class BackgroundProcess {

  /** A longer log is replaced when the command starts; the one before is kept. */
  private static final long LARGEST_LOG = 10L << 20;

  private static final int BETWEEN_LOOKS_MILLIS = 20;
  private static final File NOTHING = new File("/dev/null");

  private final Process process;
  private final Path log;
  private final long logBegins;

  private BackgroundProcess(Process process, Path log, long logBegins) {
    this.process = process;
    this.log = log;
    this.logBegins = logBegins;
  }

  /**
   * Starts it where no terminal ends it.
   *
   * @param environment all of its variables
   */
  public static BackgroundProcess start(
      List<String> command, Map<String, String> environment, Path log) throws IOException {
    if (Files.exists(log) && Files.size(log) > LARGEST_LOG) {
      Files.move(
          log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
    }
    long begins = Files.exists(log) ? Files.size(log) : 0;
    ProcessBuilder builder =
        new ProcessBuilder(Platform.current().detached(command))
            .redirectInput(NOTHING)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().clear();
    builder.environment().putAll(environment);
    return new BackgroundProcess(builder.start(), log, begins);
  }

  /**
   * Waits until the daemon that it is can be asked.
   *
   * @param directory where it would be found
   * @return where it is; empty: it has ended before
   */
  public Optional<DaemonFile> awaitDaemon(Path directory) throws IOException, InterruptedException {
    while (!process.waitFor(BETWEEN_LOOKS_MILLIS, TimeUnit.MILLISECONDS)) {
      Optional<DaemonFile> found =
          DaemonFile.read(directory).filter(daemon -> daemon.pid() == process.pid());
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** Its exit code, once it has ended. */
  public int exitCode() {
    return process.exitValue();
  }

  /** Asks it to end. */
  public void end() {
    process.destroy();
  }

  /** What it has said. */
  public List<String> said() throws IOException {
    byte[] all = Files.readAllBytes(log);
    int from = (int) Math.min(logBegins, all.length);
    return new String(all, from, all.length - from, java.nio.charset.StandardCharsets.UTF_8)
        .lines()
        .toList();
  }
}
