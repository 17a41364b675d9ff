package dev.peer.vm.guest;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.secret.SecretValue;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The host's side, against a guest that says what the test tells it to say. */
@Timeout(300)
class GuestAgentTest {

  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000L);

  @TempDir private Path directory;

  private Link control;
  private Link stdout;
  private Link stderr;
  private GuestAgent agent;
  private String nonce;
  private BufferedReader heard;

  @BeforeEach
  void connect() throws Exception {
    control = link("control");
    stdout = link("stdout");
    stderr = link("stderr");
    agent = new GuestAgent(control.host, stdout.host, stderr.host);
    heard = new BufferedReader(Channels.newReader(control.guest, US_ASCII));
  }

  @AfterEach
  void disconnect() throws Exception {
    for (Link link : List.of(control, stdout, stderr)) {
      link.host.close();
      link.guest.close();
    }
  }

  @Test
  void aGuestThatWaitsWarmsUpBeforeItIsGreeted() throws Exception {
    GuestAgent.warmUp(control.host);

    assertThat(heard.readLine()).isEqualTo("warm-up");
    greet();
  }

  @Test
  void greetsWithANonceAndTheTime() throws Exception {
    greet();

    assertThat(nonce).matches("[0-9a-f]{32}");
  }

  @Test
  void refusesAGuestOfAnotherProtocol() throws Exception {
    Thread guest = Thread.ofVirtual().start(() -> answerGreeting("hello 2"));

    assertThatThrownBy(() -> agent.greet(NOW))
        .isInstanceOf(GuestException.class)
        .hasMessageContaining("hello 2");
    guest.join();
  }

  @Test
  void handsASecretOverAsItIs() throws Exception {
    greet();

    agent.setSecret("TOKEN", SecretValue.of("two\nlines"));

    assertThat(heard.readLine()).isEqualTo("secret VE9LRU4= dHdvCmxpbmVz");
  }

  @Test
  void runsAStageAndHandsItsOutputOn() throws Exception {
    greet();
    say(stdout, "out" + nonce + "\n");
    say(stderr, "err" + nonce + "\n");
    say(control, nonce + " info prepare container-image bG9jYWxob3N0L2E=\n");
    say(control, nonce + " exit prepare 7\n");
    ByteArrayOutputStream both = new ByteArrayOutputStream();

    StageResult result =
        agent.run(
            "prepare",
            List.of("a b", ""),
            (stream, buffer, offset, length) -> {
              synchronized (both) {
                both.writeBytes((stream + ":").getBytes(US_ASCII));
                both.write(buffer, offset, length);
              }
            });

    assertThat(heard.readLine()).isEqualTo("run prepare YSBi -");
    assertThat(result)
        .isEqualTo(new StageResult.Exited(7, Map.of("container-image", "localhost/a")));
    assertThat(both.toString(US_ASCII)).contains("stdout:out").contains("stderr:err");
  }

  @Test
  void saysWhyTheGuestRefused() throws Exception {
    greet();
    endOutput();
    say(control, nonce + " fail prepare no-target bm9uZQ==\n");

    assertThat(run()).isEqualTo(new StageResult.Refused("no-target", "none", Map.of()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NONCE exit test 0",
        "NONCE exit prepare -1",
        "NONCE exit prepare 1000",
        "NONCE exit prepare 256",
        "NONCE exit prepare 00",
        "NONCE exit prepare 0 0",
        "NONCE exit prepare ",
        "NONCE exit prepare",
        "NONCE fail prepare reason",
        "NONCE fail prepare reason not*base64",
        "NONCE shout prepare 0",
        "exit prepare 0",
        "00000000000000000000000000000000 exit prepare 0",
        ""
      })
  void refusesAnAnswerOfAnotherForm(String line) throws Exception {
    greet();
    endOutput();
    say(control, line.replace("NONCE", nonce) + "\n");

    assertThatThrownBy(this::run).isInstanceOf(GuestException.class);
  }

  @Test
  void refusesALineWithoutEnd() throws Exception {
    greet();
    endOutput();
    Thread guest =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    say(control, "x".repeat(70_000));
                  } catch (Exception e) {
                    // The host has stopped listening, as it should.
                    return;
                  }
                });

    assertThatThrownBy(this::run)
        .isInstanceOf(GuestException.class)
        .hasMessageContaining("without end");
    guest.interrupt();
    guest.join();
  }

  @Test
  void noticesThatTheGuestBrokeOff() throws Exception {
    greet();
    control.guest.close();

    assertThatThrownBy(this::run).isInstanceOf(GuestException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "NONCE ", "NONCE exit prep", "NONCE exit prepare 0"})
  void takesNoAnswerThatBreaksOffForAPass(String beginning) throws Exception {
    greet();
    endOutput();
    say(control, beginning.replace("NONCE", nonce));
    control.guest.close();

    assertThatThrownBy(this::run).isInstanceOf(GuestException.class);
  }

  @Test
  void takesNoStageForPassedWhoseOutputBreaksOff() throws Exception {
    greet();
    say(control, nonce + " exit prepare 0\n");
    say(stdout, "cut" + nonce);
    stdout.guest.close();
    say(stderr, nonce + "\n");

    assertThatThrownBy(this::run)
        .isInstanceOf(GuestException.class)
        .hasMessageContaining("output broke off");
  }

  @Test
  void endsAStageWhoseOutputNobodyTakes() throws Exception {
    greet();
    say(stdout, "the guest goes on for ever");

    assertThatThrownBy(
            () ->
                agent.run(
                    "test",
                    List.of(),
                    (stream, buffer, offset, length) -> {
                      throw new IOException("No space left on device");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("No space left on device");
  }

  @Test
  void takesASecondAnswerToAStageForNoAnswerToTheNext() throws Exception {
    greet();
    endOutput();
    say(control, nonce + " exit prepare 0\n" + nonce + " exit prepare 0\n");
    run();
    endOutput();

    assertThatThrownBy(() -> agent.run("test", List.of(), (stream, buffer, offset, length) -> {}))
        .isInstanceOf(GuestException.class)
        .hasMessageContaining("to the stage test");
  }

  @Test
  void sendsNoVariableThatIsTooLongForALine() throws Exception {
    greet();

    assertThatThrownBy(() -> agent.setVariable("A", "x".repeat(60_000)))
        .isInstanceOf(GuestException.class)
        .hasMessageContaining("too long");
  }

  @Test
  void joinsTheUsersTerminalToAShell() throws Exception {
    greet();
    Link port = link("terminal");
    try (FakeTerminal user = new FakeTerminal("ls\r")) {
      Thread guest =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      // As the echo of a key that the marker holds too: it is not held back.
                      say(port, nonce.substring(0, 1));
                      user.awaitShown(1);
                      user.listener.accept(new UserTerminal.Size(40, 120));
                      say(port, "bye\0" + nonce + "\n");
                      say(control, nonce + " exit terminal 5\n");
                    } catch (Exception e) {
                      throw new IllegalStateException(e);
                    }
                  });

      agent.runShell(ShellLocation.CONTAINER, "none", port.host, user);

      guest.join();
      assertThat(heard.readLine()).isEqualTo("terminal container none eHRlcm0= 24 80");
      assertThat(heard.readLine()).isEqualTo("resize 40 120");
      ByteBuffer typed = ByteBuffer.allocate(3);
      while (typed.hasRemaining()) {
        port.guest.read(typed);
      }
      assertThat(new String(typed.array(), US_ASCII)).isEqualTo("ls\r");
      assertThat(user.shown.toString(US_ASCII)).isEqualTo(nonce.charAt(0) + "bye");
    } finally {
      port.host.close();
      port.guest.close();
    }
  }

  private static final class FakeTerminal implements UserTerminal {

    private final InputStream keyboard;
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final CountDownLatch something = new CountDownLatch(1);
    private volatile Consumer<Size> listener = size -> {};

    FakeTerminal(String typed) {
      this.keyboard = new ByteArrayInputStream(typed.getBytes(US_ASCII));
    }

    void awaitShown(int bytes) throws InterruptedException {
      something.await();
      assertThat(shown.size()).isGreaterThanOrEqualTo(bytes);
    }

    @Override
    public String type() {
      return "xterm";
    }

    @Override
    public Size size() {
      return new Size(24, 80);
    }

    @Override
    public InputStream input() {
      return keyboard;
    }

    @Override
    public OutputStream output() {
      return new OutputStream() {
        @Override
        public void write(int one) {
          shown.write(one);
          something.countDown();
        }
      };
    }

    @Override
    public void onResize(Consumer<Size> resized) {
      this.listener = resized;
    }

    @Override
    public void close() {}
  }

  private void greet() throws Exception {
    Thread guest = Thread.ofVirtual().start(() -> answerGreeting("hello 4"));
    agent.greet(NOW);
    guest.join();
  }

  private void answerGreeting(String answer) {
    try {
      String[] fields = heard.readLine().split(" ");
      assertThat(fields[0]).isEqualTo("hello");
      assertThat(fields[2]).isEqualTo("1800000000");
      nonce = fields[1];
      say(control, nonce + " " + answer + "\n");
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private StageResult run() throws Exception {
    return agent.run("prepare", List.of(), (stream, buffer, offset, length) -> {});
  }

  private void endOutput() throws Exception {
    say(stdout, nonce + "\n");
    say(stderr, nonce + "\n");
  }

  private static void say(Link link, String text) throws Exception {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(US_ASCII));
    while (bytes.hasRemaining()) {
      link.guest.write(bytes);
    }
  }

  private record Link(SocketChannel host, SocketChannel guest) {}

  private Link link(String name) throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve(name));
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(address);
      SocketChannel guest = SocketChannel.open(address);
      return new Link(listener.accept(), guest);
    }
  }
}
