package dev.peer.vm.guest;

import dev.peer.core.id.Printable;
import dev.peer.core.record.OutputSink;
import dev.peer.core.record.OutputStreamName;
import dev.peer.core.secret.SecretValue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
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

  private static final int MOST_INFO = 64;
  private static final int LARGEST_EXIT_CODE = 255;
  private static final String PROTOCOL = "4";

  /** As much of a file as fits into a line. */
  private static final int FILE_PART = 1 << 15;

  private final ControlPort control;
  private final MarkedOutput stdout;
  private final MarkedOutput stderr;

  /** Takes the three connections; they stay the caller's to close. */
  public GuestAgent(SocketChannel control, SocketChannel stdout, SocketChannel stderr) {
    this(control, stdout, stderr, ControlPort.newNonce());
  }

  /** The agent of a machine that was greeted with this nonce, then frozen. */
  public GuestAgent(
      SocketChannel control, SocketChannel stdout, SocketChannel stderr, String nonce) {
    this.control = new ControlPort(control, nonce);
    this.stdout = new MarkedOutput(Channels.newInputStream(stdout), marker("", nonce));
    this.stderr = new MarkedOutput(Channels.newInputStream(stderr), marker("", nonce));
  }

  /** The nonce at the start of every line of this guest: 32 hexadecimal digits. */
  public String nonce() {
    return control.nonce();
  }

  /**
   * Has a guest that nobody has greeted yet go through its stages for nothing, until somebody does.
   *
   * @param control its connection, which stays the caller's
   */
  public static void warmUp(SocketChannel control) throws IOException, GuestException {
    new ControlPort(control, "").send("warm-up");
  }

  /** Waits until the guest is up, and sets its clock. */
  public void greet(Instant now) throws IOException, GuestException {
    control.send("hello " + control.nonce() + " " + now.getEpochSecond());
    String answer = control.receive();
    if (!answer.equals("hello " + PROTOCOL)) {
      throw new GuestException("it greets with " + Printable.of(answer));
    }
  }

  /** Gives all following stages a variable. */
  public void setVariable(String name, String value) throws IOException, GuestException {
    control.send("env " + ControlPort.encoded(name) + " " + ControlPort.encoded(value));
  }

  /** Asks all following stages for something besides the usual. */
  public void setOption(String name, String value) throws IOException, GuestException {
    control.send("option " + ControlPort.encoded(name) + " " + ControlPort.encoded(value));
  }

  /** Gives the stage {@code prepare} a file in memory; its end takes it away. */
  public void handFile(String name, byte[] content) throws IOException, GuestException {
    for (int at = 0; at < content.length; at += FILE_PART) {
      byte[] part = Arrays.copyOfRange(content, at, Math.min(content.length, at + FILE_PART));
      control.send("preparation " + ControlPort.encoded(name) + " " + ControlPort.encoded(part));
    }
  }

  /** Brings the scratch disk's file system in order and keeps it so until {@link #thawDisk}. */
  public void freezeDisk() throws IOException, GuestException {
    control.command("freeze");
  }

  /** Lets the guest write to its scratch disk again. */
  public void thawDisk() throws IOException, GuestException {
    control.command("thaw");
  }

  /** Gives the stage {@code test} a variable, and a shell in its container, but no other stage. */
  public void setSecret(String name, SecretValue value) throws IOException, GuestException {
    control.send("secret " + ControlPort.encoded(name) + " " + ControlPort.encoded(value.reveal()));
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
    arguments.forEach(argument -> line.append(' ').append(ControlPort.encoded(argument)));
    control.send(line.toString());
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
    control.send(
        String.join(
            " ",
            SHELL,
            place.toString(),
            network,
            ControlPort.encoded(user.type()),
            describe(size)));
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
      control.send("resize " + describe(size));
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
    return marker("\0", control.nonce());
  }

  private static byte[] marker(String first, String nonce) {
    return (first + nonce + "\n").getBytes(StandardCharsets.US_ASCII);
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
                control.giveUp();
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
      String line = control.receive();
      String[] fields = line.split(" ", -1);
      if (fields.length < 3 || !fields[1].equals(stage)) {
        throw new GuestException("it answers " + Printable.of(line) + " to the stage " + stage);
      }
      if (fields[0].equals("info") && fields.length == 4 && info.size() < MOST_INFO) {
        info.put(fields[2], ControlPort.decoded(fields[3]));
      } else if (fields[0].equals("exit") && fields.length == 3) {
        return new StageResult.Exited(exitCode(fields[2]), Map.copyOf(info));
      } else if (fields[0].equals("fail") && fields.length == 4) {
        return new StageResult.Refused(fields[2], ControlPort.decoded(fields[3]), Map.copyOf(info));
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
}
