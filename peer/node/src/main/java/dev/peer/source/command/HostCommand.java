package dev.peer.source.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Starts a command, and waits for its end. */
final class HostCommand {

  private static final int LONGEST_ANSWER = 64 << 20;
  private static final int LONGEST_WORDS = 64 << 10;

  private HostCommand() {}

  /**
   * Asks a command.
   *
   * @param limit a command that takes longer is ended, and has failed
   * @param environment changes the variables, which are this process's
   */
  static Answer ask(
      Path directory,
      List<String> command,
      Duration limit,
      Consumer<Map<String, String>> environment)
      throws IOException {
    return run(builder(directory, command, environment), new byte[0], limit);
  }

  /** As the other, for a command whose work counts, and not its standard output. */
  static Answer work(
      Path directory,
      List<String> command,
      byte[] input,
      Duration limit,
      Consumer<Map<String, String>> environment)
      throws IOException {
    ProcessBuilder builder = builder(directory, command, environment);
    return run(builder.redirectOutput(ProcessBuilder.Redirect.DISCARD), input, limit);
  }

  private static ProcessBuilder builder(
      Path directory, List<String> command, Consumer<Map<String, String>> environment) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    CallerEnvironment.putInto(builder.environment());
    environment.accept(builder.environment());
    return builder;
  }

  private static Answer run(ProcessBuilder builder, byte[] input, Duration limit)
      throws IOException {
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      return new Answer.NotThere(builder.command().getFirst());
    }
    try {
      FutureTask<byte[]> said = reading(process.getInputStream(), LONGEST_ANSWER);
      FutureTask<byte[]> words = reading(process.getErrorStream(), LONGEST_WORDS);
      write(process, input);
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        return new Answer.Failed("no answer in " + limit.toSeconds() + " s");
      }
      return process.exitValue() == 0
          ? new Answer.Said(text(said))
          : new Answer.Failed(text(words).strip());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    } catch (ExecutionException e) {
      throw new IOException(builder.command().getFirst() + ": " + e.getCause().getMessage(), e);
    } finally {
      process.destroyForcibly();
    }
  }

  private static FutureTask<byte[]> reading(InputStream from, int longest) {
    FutureTask<byte[]> reading =
        new FutureTask<>(
            () -> {
              try (from) {
                byte[] read = from.readNBytes(longest);
                if (from.read() >= 0) {
                  throw new IOException("an answer of more than " + longest + " bytes");
                }
                return read;
              }
            });
    Thread.ofVirtual().start(reading);
    return reading;
  }

  private static void write(Process process, byte[] input) {
    try (OutputStream to = process.getOutputStream()) {
      to.write(input);
    } catch (IOException e) {
      // It ended without reading all; its exit code says why.
      return;
    }
  }

  private static String text(FutureTask<byte[]> read)
      throws ExecutionException, InterruptedException {
    return new String(read.get(), StandardCharsets.UTF_8);
  }
}
