package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A {@code peer} command on a terminal of 33 rows and 101 columns, made by script(1). */
final class TerminalSession implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofMinutes(14);

  private final Process process;
  private final OutputStream keyboard;
  private final StringBuilder screen = new StringBuilder();
  private final Thread watcher;
  private int read;
  private String device = "";

  private TerminalSession(Process process) {
    this.process = process;
    this.keyboard = process.getOutputStream();
    this.watcher = Thread.ofVirtual().start(this::watch);
  }

  /** Starts a command. */
  static TerminalSession start(Peer peer, Repository repository, String arguments)
      throws IOException, InterruptedException {
    String line = "tty; stty rows 33 cols 101; exec " + Dist.command("peer") + " " + arguments;
    // Whoever starts a build in the background may have the signals ignored.
    List<String> script =
        List.of("/usr/bin/env", "--default-signal=HUP,INT,TERM", "script", "--quiet", "--return");
    List<String> command = new ArrayList<>(script);
    command.addAll(List.of("--command", line, "/dev/null"));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(repository.directory().toFile())
            .redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(peer.environment());
    builder.environment().putIfAbsent("TERM", "xterm-256color");
    builder.environment().put("SHELL", "/bin/sh");
    TerminalSession session = new TerminalSession(builder.start());
    session.device = session.await("(/dev/pts/\\d+)");
    return session;
  }

  /** Types. */
  TerminalSession type(String text) throws IOException {
    keyboard.write(text.getBytes(StandardCharsets.UTF_8));
    keyboard.flush();
    return this;
  }

  /** Types a line. */
  TerminalSession enter(String line) throws IOException {
    return type(line + "\r");
  }

  /** Gives the terminal another size, as a window manager does. */
  void resize(int rows, int columns) throws IOException, InterruptedException {
    List<String> command = List.of("stty", "-F", device, "rows", "" + rows, "cols", "" + columns);
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  /** Waits until the screen shows this, after what was waited for before; gives its last group. */
  String await(String pattern) throws InterruptedException {
    Pattern wanted = Pattern.compile(pattern);
    Instant until = Instant.now().plus(LIMIT);
    synchronized (screen) {
      while (true) {
        boolean ended = !watcher.isAlive();
        Matcher found = wanted.matcher(screen);
        if (found.find(read)) {
          read = found.end();
          return found.group(found.groupCount());
        }
        if (ended || Instant.now().isAfter(until)) {
          throw new AssertionError("never showed \"" + pattern + "\": " + screen);
        }
        screen.wait(200);
      }
    }
  }

  /** Waits for the end and gives the exit code. */
  int awaitEnd() throws InterruptedException {
    assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).as(text()).isTrue();
    watcher.join();
    return process.exitValue();
  }

  /** The terminal goes away, as when its window is closed. */
  void hangUp() {
    process.destroyForcibly();
  }

  String text() {
    synchronized (screen) {
      return screen.toString();
    }
  }

  /** What somebody sees who looks at it now, from the first line on. */
  String screen() {
    return String.join("\n", Screen.of(text()));
  }

  private void watch() {
    byte[] buffer = new byte[4096];
    try (InputStream in = process.getInputStream()) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        synchronized (screen) {
          screen.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
          screen.notifyAll();
        }
      }
    } catch (IOException e) {
      // The command has ended.
      return;
    }
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
