package dev.peer.daemon.socket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A caller on a real socket, who sends what he likes, and a daemon that does his command. */
@Timeout(300)
class CommandConversationTest {

  @TempDir private Path root;

  private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> done = new LinkedBlockingQueue<>();
  private Path directory;
  private DaemonSocketServer server;

  @BeforeEach
  void start() throws Exception {
    directory =
        Files.createDirectory(
            root.resolve("daemon"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    server =
        DaemonSocketServer.open(
            directory, root.resolve("sockets"), "1", null, new Commands(), said::add);
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  /** Takes all but one, and does what its first argument says. */
  private final class Commands implements CommandHandler {

    @Override
    public boolean takes(CommandRequest request) {
      return !request.arguments().getFirst().equals("not-here");
    }

    @Override
    public OptionalInt run(CommandRequest request, CommandCaller caller) {
      Thread thread = Thread.currentThread();
      if (!request.arguments().getFirst().equals("say")) {
        caller.onSignal(
            number -> {
              done.add("signal " + number);
              thread.interrupt();
            });
      }
      try (OutputStream stdout = caller.stdout();
          OutputStream stderr = caller.stderr()) {
        switch (request.arguments().getFirst()) {
          case "say" -> {
            stdout.write("out".getBytes(UTF_8));
            stderr.write('e');
            stdout.write(new byte[100_000]);
          }
          case "read" -> {
            thread.interrupt();
            stdout.write(
                (caller.variables().get("SECRET") + caller.variables().get("OTHER"))
                    .getBytes(UTF_8));
            stdout.write(caller.variables().get("SECRET").getBytes(UTF_8));
          }
          case "flood" -> {
            while (!Thread.currentThread().isInterrupted()) {
              stdout.write(new byte[1 << 16]);
            }
          }
          case "wait" -> {
            while (!Thread.currentThread().isInterrupted()) {
              Thread.onSpinWait();
            }
            stderr.write(("columns " + caller.columns()).getBytes(UTF_8));
          }
          default -> {
            return OptionalInt.empty();
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      done.add("done");
      return OptionalInt.of(7);
    }
  }

  private static byte[] request(String command) {
    return FrameType.COMMAND.frame(
        ("/dist\0here\0/work\0" + "1\0" + "0\0" + "0\0" + "80\0" + "1\0" + command)
            .concat("\0SECRET\0OTHER\0"));
  }

  private SocketChannel connect() throws IOException {
    return SocketChannel.open(
        UnixDomainSocketAddress.of(DaemonFile.read(directory).orElseThrow().socket()));
  }

  private SocketChannel ask(String command) throws IOException {
    SocketChannel channel = connect();
    send(channel, request(command));
    return channel;
  }

  private static void send(SocketChannel channel, byte[] bytes) throws IOException {
    DaemonSocketServer.send(channel, bytes);
  }

  /** What comes back, to the end of the connection, without output of zeros. */
  private static String answer(SocketChannel channel) throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(1 << 12);
    while (channel.read(buffer) >= 0) {
      answer.write(buffer.array(), 0, buffer.position());
      buffer.clear();
    }
    return answer.toString(UTF_8);
  }

  private static String frames(Object... typesAndTexts) {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < typesAndTexts.length; i += 2) {
      all.append(
          new String(((FrameType) typesAndTexts[i]).frame((String) typesAndTexts[i + 1]), UTF_8));
    }
    return all.toString();
  }

  @Test
  void outputComesInItsOrderAndTheExitCodeLast() throws Exception {
    try (SocketChannel channel = ask("say")) {
      assertThat(answer(channel))
          .startsWith(frames(FrameType.RUNNING, "", FrameType.STDOUT, "out", FrameType.STDERR, "e"))
          .endsWith(frames(FrameType.END, "7"))
          .hasSizeGreaterThan(100_000);
    }
  }

  @Test
  void declinesBeforeItBeginsOrAfter() throws Exception {
    try (SocketChannel channel = ask("not-here")) {
      assertThat(answer(channel)).isEqualTo(frames(FrameType.DECLINED, ""));
    }
    try (SocketChannel channel = ask("after-all")) {
      assertThat(answer(channel)).isEqualTo(frames(FrameType.RUNNING, "", FrameType.DECLINED, ""));
    }
  }

  /** An interrupt between question and answer must not give one variable another's value. */
  @Test
  void aValueIsAskedForOnceAndWhenItIsRead() throws Exception {
    try (SocketChannel channel = ask("read")) {
      assertThat(read(channel, frames(FrameType.RUNNING, "", FrameType.VARIABLE, "SECRET")))
          .isTrue();
      send(channel, FrameType.VALUE.frame("first"));
      assertThat(read(channel, frames(FrameType.VARIABLE, "OTHER"))).isTrue();
      send(channel, FrameType.VALUE.frame("second"));
      assertThat(answer(channel))
          .isEqualTo(
              frames(
                  FrameType.STDOUT, "firstsecond", FrameType.STDOUT, "first", FrameType.END, "7"));
    }
  }

  private static boolean read(SocketChannel channel, String expected) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(expected.getBytes(UTF_8).length);
    while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
      continue;
    }
    return new String(buffer.array(), UTF_8).equals(expected);
  }

  @Test
  void aSignalReachesTheCommandThatStillAnswers() throws Exception {
    try (SocketChannel channel = ask("wait")) {
      send(channel, FrameType.COLUMNS.frame("33"));
      send(channel, FrameType.SIGNAL.frame("15"));
      assertThat(answer(channel))
          .isEqualTo(
              frames(FrameType.RUNNING, "", FrameType.STDERR, "columns 33", FrameType.END, "7"));
    }
    assertThat(done.poll(120, SECONDS)).isEqualTo("signal 15");
  }

  @Test
  void aCallerThatGoesOrTalksNonsenseEndsItsCommand() throws Exception {
    for (byte[] sent :
        new byte[][] {
          {},
          FrameType.VALUE.frame("nobody asked"),
          FrameType.SIGNAL.frame("0"),
          FrameType.SIGNAL.frame("65"),
          FrameType.SIGNAL.frame("TERM"),
          FrameType.COLUMNS.frame("-1"),
          FrameType.COMMAND.frame("again"),
          {'V', 0, 0, 0, 2, (byte) 0xc3, 0},
          {'k', 0x7f, 0, 0, 0},
          {'?'}
        }) {
      SocketChannel channel = ask("wait");
      assertThat(read(channel, frames(FrameType.RUNNING, ""))).isTrue();
      send(channel, sent);
      channel.close();
      assertThat(done.poll(120, SECONDS)).isEqualTo("signal 1");
      assertThat(done.poll(120, SECONDS)).isEqualTo("done");
    }
    SocketChannel asked = ask("read");
    assertThat(read(asked, frames(FrameType.RUNNING, "", FrameType.VARIABLE, "SECRET"))).isTrue();
    asked.close();
    assertThat(done.poll(120, SECONDS)).isEqualTo("signal 1");
    assertThat(done.poll(120, SECONDS)).isEqualTo("done");
  }

  @Test
  void aCallerThatNeverReadsKeepsNobodyElse() throws Exception {
    try (SocketChannel idle = ask("flood");
        SocketChannel half = connect()) {
      send(half, new byte[] {'c', 0, 0x10, 0, 0, 'h'});
      assertThat(read(idle, frames(FrameType.RUNNING, ""))).isTrue();
      try (SocketChannel channel = ask("say")) {
        assertThat(answer(channel)).endsWith(frames(FrameType.END, "7"));
      }
      assertThat(done.poll(120, SECONDS)).isEqualTo("done");
      send(idle, FrameType.SIGNAL.frame("2"));
      assertThat(done.poll(120, SECONDS)).isEqualTo("signal 2");
      assertThat(done.poll(120, SECONDS)).isEqualTo("done");
    }
  }
}
