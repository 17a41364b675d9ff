package dev.peer.vm.guest;

import dev.peer.core.id.Printable;
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

/** The agent in the guest, over its control port, its two output ports and its terminal's. */
public final class GuestAgent {

  /** The names of the guest's serial ports. */
  public static final String CONTROL = "peer.control";

  public static final String STDOUT = "peer.stdout";
  public static final String STDERR = "peer.stderr";
  public static final String TERMINAL = "peer.terminal";

  /** All of them, in the order in which a machine has them. */
  public static final List<String> PORTS = List.of(CONTROL, STDOUT, STDERR, TERMINAL);

  private static final String SHELL = "terminal";

  private static final int LONGEST_LINE = 1 << 16;
  private static final int MOST_INFO = 64;
  private static final int LARGEST_EXIT_CODE = 255;
  private static final String PROTOCOL = "4";

  private final SocketChannel control;
  private final InputStream answers;
  private final MarkedOutput stdout;
  private final MarkedOutput stderr;
  private final String nonce;

  /** Takes the three connections; they stay the caller's to close. */
  public GuestAgent(SocketChannel control, SocketChannel stdout, SocketChannel stderr) {
    this(control, stdout, stderr, newNonce());
  }

  /** The agent of a machine that was greeted with this nonce, then frozen. */
  public GuestAgent(
      SocketChannel control, SocketChannel stdout, SocketChannel stderr, String nonce) {
    this.nonce = nonce;
    this.control = control;
    this.answers = new BufferedInputStream(Channels.newInputStream(control));
    this.stdout = new MarkedOutput(Channels.newInputStream(stdout), marker());
    this.stderr = new MarkedOutput(Channels.newInputStream(stderr), marker());
  }

  private static String newNonce() {
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  /** The nonce at the start of every line of this guest: 32 hexadecimal digits. */
  public String nonce() {
    return nonce;
  }

  /** Waits until the guest is up, and sets its clock. */
  public void greet(Instant now) throws IOException, GuestException {
    send("hello " + nonce + " " + now.getEpochSecond());
    String answer = receive();
    if (!answer.equals("hello " + PROTOCOL)) {
      throw new GuestException("it greets with " + Printable.of(answer));
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
      throw new GuestException("it answers " + Printable.of(answer) + " to " + verb);
    }
  }

  /** Gives the stage {@code test} a variable, and a shell in its container, but no other stage. */
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
    StageResult result = awaitResult(stage, List.of(out, err));
    if (!await(out) || !await(err)) {
      throw new GuestException("its output broke off");
    }
    return result;
  }

  /** The failure of a sink counts before the end that it makes of the stage. */
  private StageResult awaitResult(String stage, List<CompletableFuture<Boolean>> pumps)
      throws IOException, GuestException, InterruptedException {
    try {
      return awaitResult(stage);
    } catch (GuestException e) {
      for (CompletableFuture<Boolean> pump : pumps) {
        if (pump.isCompletedExceptionally()) {
          await(pump);
        }
      }
      throw e;
    }
  }

  /**
   * Joins the user's terminal to a shell in the guest, to its end.
   *
   * @param network {@code none} or {@code open}, for the container
   * @param port the connection of {@link #TERMINAL}
   * @throws GuestException if the guest broke off
   * @throws IOException if the user's terminal did
   */
  public void runShell(ShellLocation place, String network, SocketChannel port, UserTerminal user)
      throws IOException, GuestException {
    UserTerminal.Size size = user.size();
    send(String.join(" ", SHELL, place.toString(), network, encoded(user.type()), describe(size)));
    user.onResize(this::resize);
    Thread typing = Thread.ofVirtual().name("typing").start(() -> type(user, port));
    try {
      MarkedOutput shown = new MarkedOutput(Channels.newInputStream(port), terminalMarker());
      if (!shown.readStage(user.output()::write)) {
        throw new GuestException("its terminal broke off");
      }
      awaitResult(SHELL);
    } finally {
      typing.interrupt();
    }
  }

  private static String describe(UserTerminal.Size size) {
    return size.rows() + " " + size.columns();
  }

  private void resize(UserTerminal.Size size) {
    try {
      send("resize " + describe(size));
    } catch (IOException | GuestException e) {
      // The guest is gone, and the readers of its output see that.
      return;
    }
  }

  private static void type(UserTerminal user, SocketChannel port) {
    byte[] buffer = new byte[1 << 12];
    try {
      for (int n = user.input().read(buffer); n >= 0; n = user.input().read(buffer)) {
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n);
        while (bytes.hasRemaining()) {
          port.write(bytes);
        }
      }
    } catch (IOException e) {
      // The shell has ended, and its port with it.
      return;
    }
  }

  /**
   * Begins with a byte that shows nothing on a screen: the echo of a digit must not wait for the
   * next.
   */
  private byte[] terminalMarker() {
    return ("\0" + nonce + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  private byte[] marker() {
    return (nonce + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  private CompletableFuture<Boolean> pump(
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
              } catch (IOException | RuntimeException | Error e) {
                ended.completeExceptionally(e);
                giveUp();
              }
            });
    return ended;
  }

  /** Waits for no more answers: a stage whose output nobody reads may never end. */
  private void giveUp() {
    try {
      control.close();
    } catch (IOException e) {
      // It is closed all the same.
      return;
    }
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
        throw new GuestException("it answers " + Printable.of(line) + " to the stage " + stage);
      }
      if (fields[0].equals("info") && fields.length == 4 && info.size() < MOST_INFO) {
        info.put(fields[2], decoded(fields[3]));
      } else if (fields[0].equals("exit") && fields.length == 3) {
        return new StageResult.Exited(exitCode(fields[2]), Map.copyOf(info));
      } else if (fields[0].equals("fail") && fields.length == 4) {
        return new StageResult.Refused(fields[2], decoded(fields[3]), Map.copyOf(info));
      } else {
        throw new GuestException("it answers " + Printable.of(line) + " to the stage " + stage);
      }
    }
  }

  private static int exitCode(String text) throws GuestException {
    if (!text.matches("0|[1-9]\\d{0,2}") || Integer.parseInt(text) > LARGEST_EXIT_CODE) {
      throw new GuestException("not an exit code: " + Printable.of(text));
    }
    return Integer.parseInt(text);
  }

  private synchronized void send(String line) throws IOException, GuestException {
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
      throw new GuestException(
          "it sends a line without the nonce: " + Printable.of(line.toString()));
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
      throw new GuestException("it sends invalid base64: " + Printable.of(field), e);
    }
  }
}
