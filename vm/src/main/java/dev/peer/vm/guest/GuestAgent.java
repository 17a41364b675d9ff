package dev.peer.vm.guest;

import dev.peer.core.id.Shown;
import dev.peer.core.record.OutputSink;
import dev.peer.core.record.OutputStreamName;
import dev.peer.core.secret.SecretValue;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** The agent in the guest, over its control port and its two output ports. */
public final class GuestAgent {

  /** The names of the guest's serial ports. */
  public static final String CONTROL = "peer.control";

  public static final String STDOUT = "peer.stdout";
  public static final String STDERR = "peer.stderr";

  private static final int LONGEST_LINE = 1 << 16;
  private static final int MOST_INFO = 64;
  private static final String PROTOCOL = "2";

  private final SocketChannel control;
  private final InputStream answers;
  private final MarkedOutput stdout;
  private final MarkedOutput stderr;
  private final String nonce;

  /** Takes the three connections; they stay the caller's to close. */
  public GuestAgent(SocketChannel control, SocketChannel stdout, SocketChannel stderr) {
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    this.nonce = HexFormat.of().formatHex(random);
    this.control = control;
    this.answers = new BufferedInputStream(Channels.newInputStream(control));
    byte[] marker = (nonce + "\n").getBytes(StandardCharsets.US_ASCII);
    this.stdout = new MarkedOutput(Channels.newInputStream(stdout), marker);
    this.stderr = new MarkedOutput(Channels.newInputStream(stderr), marker);
  }

  /** Waits until the guest is up, and sets its clock. */
  public void greet(Instant now) throws IOException, GuestException {
    send("hello " + nonce + " " + now.getEpochSecond());
    String answer = receive();
    if (!answer.equals("hello " + PROTOCOL)) {
      throw new GuestException("it greets with " + Shown.of(answer));
    }
  }

  /** Gives all following stages a variable. */
  public void setVariable(String name, String value) throws IOException, GuestException {
    send("env " + encoded(name) + " " + encoded(value));
  }

  /** Brings the scratch disk's file system in order and keeps it so until {@link #thawDisk}. */
  public void freezeDisk() throws IOException, GuestException {
    command("freeze");
  }

  /** Lets the guest write to its scratch disk again. */
  public void thawDisk() throws IOException, GuestException {
    command("thaw");
  }

  private void command(String verb) throws IOException, GuestException {
    send(verb);
    String answer = receive();
    if (!answer.equals(verb)) {
      throw new GuestException("it answers " + Shown.of(answer) + " to " + verb);
    }
  }

  /** Gives the stage {@code test} a variable, and no other stage. */
  public void setSecret(String name, SecretValue value) throws IOException, GuestException {
    send("secret " + encoded(name) + " " + encoded(value.reveal()));
  }

  /**
   * Runs a stage to its end; its output goes to the sink as it comes.
   *
   * @throws GuestException if the guest broke off
   * @throws IOException if the sink failed
   */
  public StageResult run(String stage, List<String> arguments, OutputSink sink)
      throws IOException, GuestException, InterruptedException {
    StringBuilder line = new StringBuilder("run ").append(stage);
    arguments.forEach(argument -> line.append(' ').append(encoded(argument)));
    send(line.toString());
    CompletableFuture<Boolean> out = pump(stdout, OutputStreamName.STDOUT, sink);
    CompletableFuture<Boolean> err = pump(stderr, OutputStreamName.STDERR, sink);
    StageResult result = awaitResult(stage);
    if (!await(out) || !await(err)) {
      throw new GuestException("its output broke off");
    }
    return result;
  }

  private static CompletableFuture<Boolean> pump(
      MarkedOutput output, OutputStreamName name, OutputSink sink) {
    CompletableFuture<Boolean> ended = new CompletableFuture<>();
    Thread.ofVirtual()
        .name(name.toString())
        .start(
            () -> {
              try {
                ended.complete(
                    output.readStage(
                        (buffer, offset, length) -> sink.write(name, buffer, offset, length)));
              } catch (IOException | RuntimeException e) {
                ended.completeExceptionally(e);
              }
            });
    return ended;
  }

  private static boolean await(CompletableFuture<Boolean> ended)
      throws IOException, InterruptedException {
    try {
      return ended.get();
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e.getCause());
    }
  }

  private StageResult awaitResult(String stage) throws IOException, GuestException {
    Map<String, String> info = new TreeMap<>();
    while (true) {
      String line = receive();
      String[] fields = line.split(" ", -1);
      if (fields.length < 3 || !fields[1].equals(stage)) {
        throw new GuestException("it answers " + Shown.of(line) + " to the stage " + stage);
      }
      if (fields[0].equals("info") && fields.length == 4 && info.size() < MOST_INFO) {
        info.put(fields[2], decoded(fields[3]));
      } else if (fields[0].equals("exit") && fields.length == 3) {
        return new StageResult.Exited(exitCode(fields[2]), Map.copyOf(info));
      } else if (fields[0].equals("fail") && fields.length == 4) {
        return new StageResult.Refused(fields[2], decoded(fields[3]), Map.copyOf(info));
      } else {
        throw new GuestException("it answers " + Shown.of(line) + " to the stage " + stage);
      }
    }
  }

  private static int exitCode(String text) throws GuestException {
    if (!text.matches("\\d{1,3}")) {
      throw new GuestException("not an exit code: " + Shown.of(text));
    }
    return Integer.parseInt(text);
  }

  private void send(String line) throws IOException, GuestException {
    if (line.length() >= LONGEST_LINE) {
      throw new GuestException(
          "a value of " + line.length() + " characters is too long for its control port");
    }
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.US_ASCII));
    try {
      while (bytes.hasRemaining()) {
        control.write(bytes);
      }
    } catch (IOException e) {
      throw new GuestException("its control port is closed", e);
    }
  }

  /** The next line, without the nonce that it must begin with. */
  private String receive() throws GuestException {
    StringBuilder line = new StringBuilder();
    try {
      for (int c = answers.read(); c != '\n'; c = answers.read()) {
        if (c < 0) {
          throw new GuestException("it broke off");
        }
        if (line.length() == LONGEST_LINE) {
          throw new GuestException("it sends a line without end");
        }
        line.append((char) c);
      }
    } catch (IOException e) {
      throw new GuestException("its control port is closed", e);
    }
    String prefix = nonce + " ";
    if (!line.toString().startsWith(prefix)) {
      throw new GuestException("it sends a line without the nonce: " + Shown.of(line.toString()));
    }
    return line.substring(prefix.length());
  }

  private static String encoded(String value) {
    return value.isEmpty()
        ? "-"
        : Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
  }

  private static String decoded(String field) throws GuestException {
    try {
      return field.equals("-")
          ? ""
          : new String(Base64.getDecoder().decode(field), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new GuestException("it sends what is not base64: " + Shown.of(field), e);
    }
  }
}
