package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Callers of a daemon that end early, come in numbers, or send what they like; and its own end. */
@Timeout(900)
class DaemonCallersIT {

  private static final String OUTPUT = "a line that is said often\n".repeat(100_000);
  private static final String WAITING = "\rpeer: 0:\\d\\d waiting: a run to begin\u001b\\[K";

  private Team team;
  private Peer laptop;
  private Repository repository;
  private Repository unknown;
  private WarmCommands commands;
  private Run daemon;

  @BeforeEach
  void startDaemon() throws Exception {
    team = Team.create();
    team.startRendezvous();
    laptop = team.peer("laptop").withoutQemu();
    repository = SignedResult.of(team, laptop, OUTPUT, "").repository();
    unknown = SignedResult.repository(team, "unknown").write("file", "unknown").commit();
    commands = new WarmCommands(team);
    daemon = laptop.start(team.root(), "daemon");
    daemon.awaitLine("^peer: takes runs, (\\d+) at once$");
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  private Run waiting() throws Exception {
    Run run = commands.start(laptop, unknown.directory(), "replay", "--wait", "10m");
    run.awaitLine("(waiting for a run to start)");
    return run;
  }

  private void assertWarm() throws Exception {
    Run run = commands.start(laptop, repository.directory(), "log").await().hasExitCode(0);
    assertThat(WarmCommands.startedJava(run)).isFalse();
    assertThat(run.stdout()).isEqualTo(OUTPUT);
  }

  private void assertCold() throws Exception {
    Run run = commands.start(laptop, repository.directory(), "log").await().hasExitCode(0);
    assertThat(WarmCommands.startedJava(run)).isTrue();
    assertThat(run.stdout()).isEqualTo(OUTPUT);
  }

  @Test
  void signalsEndTheCommandInTheDaemon() throws Exception {
    for (Map.Entry<String, Integer> signal :
        Map.of("INT", 130, "TERM", 143, "HUP", 129).entrySet()) {
      Run run = waiting();
      run.signal(signal.getKey()).await().hasExitCode(signal.getValue());
      assertThat(WarmCommands.startedJava(run)).isFalse();
      assertThat(run.stderr()).contains("peer: error: interrupted before there was a result");
    }
    waiting().kill();
    assertWarm();
  }

  /** Its reader neither reads nor leaves. */
  @Test
  void aSignalEndsACommandWhoseOutputNobodyReads() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(Dist.command("peer").toString(), "log")
            .directory(repository.directory().toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().clear();
    builder.environment().putAll(laptop.environment());
    Process process = builder.start();
    try (InputStream unread = process.getInputStream()) {
      assertThat(unread.read()).isEqualTo(OUTPUT.charAt(0));
      assertWarm();
      // The process itself would close the pipe with it.
      process.toHandle().destroy();
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(143);
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertWarm();
  }

  @Test
  void manyAreAnsweredAtOnce() throws Exception {
    List<Run> runs = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      runs.add(commands.start(laptop, repository.directory(), i % 2 == 0 ? "replay" : "log"));
    }
    for (Run run : runs) {
      assertThat(run.await().hasExitCode(0).stdout()).isEqualTo(OUTPUT);
      assertThat(WarmCommands.startedJava(run)).isFalse();
    }
  }

  @Test
  void aDaemonThatEndsOrStandsStillIsNotWaitedFor() throws Exception {
    daemon.signal("STOP");
    assertCold();
    daemon.signal("CONT");
    Run interrupted = waiting();
    daemon.signal("KILL").await();
    interrupted.await().hasExitCode(4);
    assertThat(interrupted.stderr())
        .contains("peer: error: the daemon ended before the command did\npeer: hint: ");
    assertCold();
    Path file = laptop.home().resolve("daemon/daemon.json");
    String found = Files.readString(file);
    for (String wrong :
        List.of(
            "",
            "{",
            "{\"socket\":\"\"}",
            "{\"socket\":\"/" + "x".repeat(200) + "\"}",
            "{\"socket\":\"relative\"}",
            "{\"socket\":\"/dev/null\"}",
            found.replaceFirst("\"socket\"", "\"socket\":[\"socket\""))) {
      Files.writeString(file, wrong);
      assertCold();
    }
    Files.writeString(file, found);
    // The next daemon takes away what the killed one left.
    Run next = laptop.start(team.root(), "daemon");
    next.awaitLine("^peer: takes runs, (\\d+) at once$");
    assertWarm();
  }

  @Test
  void whateverIsSentToTheSocketTheDaemonAnswersOthers() throws Exception {
    String json = Files.readString(laptop.home().resolve("daemon/daemon.json"));
    Path socket = Path.of(json.replaceFirst("(?s).*\"socket\":\"([^\"]*)\".*", "$1"));
    List<SocketChannel> open = new ArrayList<>();
    for (byte[] sent :
        List.of(
            new byte[] {'c', (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff},
            new byte[] {'c', 0, 0, 4, 0, 'h', 'a', 'l', 'f'},
            new byte[] {'c', 0, 0, 0, 2, 'x', 0},
            new byte[] {'c', 0, 0, 0, 2, (byte) 0xc3, 0},
            new byte[] {'V', 0, 0, 0, 0},
            new byte[0])) {
      open.add(connect(socket, sent));
    }
    assertWarm();
    for (SocketChannel channel : open) {
      channel.close();
    }
    assertWarm();
  }

  private static SocketChannel connect(Path socket, byte[] sent) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(socket));
    channel.write(ByteBuffer.wrap(sent));
    return channel;
  }

  @Test
  void aTerminalIsShownTheSame() throws Exception {
    Peer terminal = laptop.with("PATH", System.getenv("PATH"));
    try (TerminalSession session = TerminalSession.start(terminal, unknown, "replay --wait 10m")) {
      session.await(WAITING);
      session.resize(33, 22);
      session.await("\rpeer: 0:\\d\\d waiting: a\u001b\\[K");
      session.type("\u0003");
      assertThat(session.awaitEnd()).isEqualTo(130);
      assertThat(session.screen())
          .contains("\npeer: error: interrupted")
          .doesNotContain("peer: 0:")
          .endsWith("\n");
    }
    try (TerminalSession session = TerminalSession.start(terminal, unknown, "replay --wait 10m")) {
      session.await(WAITING);
      session.hangUp();
    }
    assertWarm();
  }
}
