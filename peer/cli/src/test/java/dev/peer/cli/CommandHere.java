package dev.peer.cli;

import dev.peer.cli.console.Output;
import dev.peer.config.CallContext;
import dev.peer.report.Interruption;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A {@code peer} command in a thread of this process, with the methods of a process of its own: so
 * a test treats both alike. It has no process id, and no signal ends it but {@link #destroy}.
 */
public final class CommandHere extends Process {

  private final CompletableFuture<Interruption> interruption = new CompletableFuture<>();
  private final FutureTask<Integer> command;

  private CommandHere(CallContext call, Path stdout, Path stderr, String... arguments) {
    command = new FutureTask<>(() -> run(call, stdout, stderr, arguments));
  }

  /**
   * Starts one.
   *
   * @param environment all of its environment
   * @param stdout a file for its output
   */
  public static CommandHere start(
      Path directory,
      Map<String, String> environment,
      Path stdout,
      Path stderr,
      String... arguments) {
    CommandHere started =
        new CommandHere(new CallContext(directory, environment), stdout, stderr, arguments);
    Thread.ofPlatform().daemon().start(started.command);
    return started;
  }

  private int run(CallContext call, Path stdout, Path stderr, String... arguments)
      throws IOException {
    Interruption ofThread = Interruption.ofThread();
    interruption.complete(ofThread);
    try (OutputStream out = Files.newOutputStream(stdout);
        OutputStream err = Files.newOutputStream(stderr)) {
      Output output = new Output(out, err);
      int exitCode = Main.run(call, output, ofThread, arguments);
      output.end();
      return output.exitCode(exitCode);
    }
  }

  @Override
  public void destroy() {
    if (isAlive()) {
      interruption.join().end();
    }
  }

  @Override
  public int waitFor() throws InterruptedException {
    waitFor(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    return exitValue();
  }

  @Override
  public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
    try {
      command.get(timeout, unit);
      return true;
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    } catch (TimeoutException e) {
      return false;
    }
  }

  @Override
  public boolean isAlive() {
    return !command.isDone();
  }

  @Override
  public int exitValue() {
    return command.resultNow();
  }

  @Override
  public OutputStream getOutputStream() {
    return OutputStream.nullOutputStream();
  }

  @Override
  public InputStream getInputStream() {
    return InputStream.nullInputStream();
  }

  @Override
  public InputStream getErrorStream() {
    return InputStream.nullInputStream();
  }
}
