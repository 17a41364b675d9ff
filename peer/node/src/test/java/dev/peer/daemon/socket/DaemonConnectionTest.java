package dev.peer.daemon.socket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.flow.MachineSlots;
import dev.peer.core.progress.OutputBytes;
import dev.peer.core.progress.RunEvent;
import dev.peer.core.record.OutputStreamName;
import dev.peer.daemon.QueuedRun;
import dev.peer.daemon.QueuedRunEnd;
import dev.peer.daemon.Reason;
import dev.peer.daemon.RunOptions;
import dev.peer.daemon.RunQueue;
import dev.peer.daemon.RunRefusedException;
import dev.peer.daemon.RunRequest;
import dev.peer.daemon.RunSubject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands and a daemon, on a real socket; what runs needs no machine. */
@Timeout(300)
class DaemonConnectionTest {

  private static final String VERSION = "1.2.3";
  private static final String SECRET = "the value of the secret";

  @TempDir private Path root;

  private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> ran = new LinkedBlockingQueue<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private Path directory;
  private RunQueue queue;
  private DaemonSocketServer server;

  @BeforeEach
  void start() throws Exception {
    directory = privately(root.resolve("daemon"));
    queue = new RunQueue(directory.resolve("queue"), 1, (_, _) -> null, said::add);
    server =
        DaemonSocketServer.open(
            directory,
            root.resolve("sockets"),
            VERSION,
            new Office(),
            CommandHandler.NONE,
            said::add);
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    end.countDown();
    server.close();
    queue.close();
  }

  private static Path privately(Path path) throws IOException {
    return Files.createDirectory(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /** Admits all but some, and runs what the target says. */
  private final class Office implements SubmissionHandler {

    @Override
    public Admission admit(RunSubmission ask) {
      return ask.request().target().equals("not-here")
          ? new Admission.Declined("it is not done here")
          : new Admission.Taken(
              ask.request(), new RequestedVariables(List.of("LANG", "UNSET"), List.of("TOKEN")));
    }

    @Override
    public RunQueue.Ticket accept(
        RunSubmission ask, RunRequest request, Map<String, String> secrets, Submitter asker)
        throws RunRefusedException, IOException {
      return queue.submit(
          request,
          (accepted, machine) -> {
            asker.accepted(machine.id());
            ran.add(accepted.environment() + " " + secrets.get("TOKEN"));
            return run(accepted.target(), machine, asker);
          });
    }

    private QueuedRunEnd run(String target, RunQueue.Machine machine, Submitter asker)
        throws InterruptedException {
      try (MachineSlots.Turn _ =
          machine.slots(place -> asker.accept(new RunEvent.Notice("place " + place))).take()) {
        asker.accept(new RunEvent.Notice("begins"));
        if (target.equals("long")) {
          end.await();
        } else {
          say(asker);
        }
        return QueuedRunEnd.ofExit(1, "");
      } catch (InterruptedException e) {
        asker.accept(new RunEvent.Notice(asker.isGone() ? "broken off" : "cut off"));
        throw e;
      }
    }

    private static void say(Submitter asker) {
      asker.accept(new RunEvent.Step("boot"));
      asker.accept(new RunEvent.Awaiting("the machine"));
      asker.accept(new RunEvent.Moved(7, 1L << 40));
      asker.accept(new RunEvent.StageOutput("prepare", bytes("one")));
      asker.accept(new RunEvent.StageOutput("prepare", bytes("two")));
      asker.accept(
          new RunEvent.TestOutput(
              OutputStreamName.STDOUT, new OutputBytes("xout\0x".getBytes(UTF_8), 1, 4)));
      asker.accept(
          new RunEvent.TestOutput(
              OutputStreamName.STDERR, new OutputBytes(new byte[] {(byte) 0xff}, 0, 1)));
      byte[] much = new byte[FrameType.LARGEST + 1];
      asker.accept(
          new RunEvent.TestOutput(OutputStreamName.STDOUT, new OutputBytes(much, 0, much.length)));
      asker.accept(new RunEvent.Answer("{}"));
    }

    private static OutputBytes bytes(String text) {
      return new OutputBytes(text.getBytes(UTF_8), 0, text.length());
    }

    @Override
    public byte[] status() {
      return "{\"running\":true}".getBytes(UTF_8);
    }
  }

  /** What a command is told, as it is told. */
  private static final class Shown implements Consumer<RunEvent.Message> {

    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();

    @Override
    public void accept(RunEvent.Message event) {
      switch (event) {
        case RunEvent.Step(String name) -> lines.add("step: " + name);
        case RunEvent.Awaiting(String what) -> lines.add("awaiting: " + what);
        case RunEvent.Moved(long done, long total) -> lines.add("bytes: " + done + " of " + total);
        case RunEvent.Notice(String line) -> lines.add(line);
        case RunEvent.Answer(String line) -> lines.add("answer: " + line);
        case RunEvent.StageOutput(String stage, OutputBytes bytes) ->
            lines.add(stage + ": " + bytes.text(UTF_8));
        case RunEvent.TestOutput(OutputStreamName stream, OutputBytes bytes) ->
            bytes.to(stream == OutputStreamName.STDOUT ? stdout : stderr);
      }
    }

    String next() throws InterruptedException {
      return lines.poll(120, SECONDS);
    }
  }

  private RunSubmission ask(String target) {
    return new RunSubmission(
        VERSION,
        Duration.ofMillis(7),
        new RunRequest(
            new RunSubject(root, "HEAD", target, List.of()),
            new Reason(Reason.Kind.REQUEST, "pid 7"),
            RunOptions.DEFAULT,
            new TreeMap<>(Map.of("PEER_CPUS", "1"))),
        new TreeMap<>(Map.of("PEER_CA", "0")),
        new RunSubmission.Display(true, true, true, Optional.of(Path.of("/summary"))));
  }

  private static SubmittedVariables given(RequestedVariables needed) {
    assertThat(needed)
        .isEqualTo(new RequestedVariables(List.of("LANG", "UNSET"), List.of("TOKEN")));
    return new SubmittedVariables(Map.of("LANG", "C"), Map.of("TOKEN", SECRET));
  }

  private DaemonConnection connect() throws IOException {
    return DaemonConnection.to(DaemonFile.read(directory).orElseThrow());
  }

  private DaemonConnection accepted(String target, Shown shown) throws Exception {
    DaemonConnection handover = connect();
    assertThat(handover.ask(ask(target), DaemonConnectionTest::given, shown))
        .isInstanceOf(DaemonConnection.Answer.Accepted.class);
    return handover;
  }

  @Test
  void showsAllThatARunPutsOutInItsOrderAndItsEnd() throws Exception {
    Shown shown = new Shown();
    try (DaemonConnection handover = accepted("test", shown)) {
      assertThat(handover.await()).isEqualTo(OptionalInt.of(1));
    }
    assertThat(shown.lines)
        .containsExactly(
            "begins",
            "step: boot",
            "awaiting: the machine",
            "bytes: 7 of 1099511627776",
            "prepare: one",
            "prepare: two",
            "answer: {}");
    byte[] stdout = shown.stdout.toByteArray();
    assertThat(stdout).hasSize(4 + FrameType.LARGEST + 1).startsWith('o', 'u', 't', 0);
    assertThat(shown.stderr.toByteArray()).containsExactly(0xff);
  }

  @Test
  void theRunHasTheVariablesThatWereNeededAndNoSecretIsOnDisk() throws Exception {
    Shown shown = new Shown();
    try (DaemonConnection _ = accepted("long", shown)) {
      assertThat(ran.poll(120, SECONDS)).isEqualTo("{LANG=C, PEER_CPUS=1} " + SECRET);
      assertThat(shown.next()).isEqualTo("begins");
      try (Stream<Path> files = Files.list(directory.resolve("queue"))) {
        assertThat(files)
            .singleElement()
            .satisfies(
                file ->
                    assertThat(file).content().contains("LANG").doesNotContain(SECRET, "TOKEN"));
      }
    }
  }

  @Test
  void saysWhyARunIsNotTaken() throws Exception {
    try (DaemonConnection handover = connect()) {
      assertThat(handover.ask(ask("not-here"), DaemonConnectionTest::given, new Shown()))
          .isEqualTo(new DaemonConnection.Answer.Declined("it is not done here"));
    }
    queue.close();
    try (DaemonConnection handover = connect()) {
      assertThat(handover.ask(ask("test"), DaemonConnectionTest::given, new Shown()))
          .isEqualTo(
              new DaemonConnection.Answer.Declined(
                  "the daemon does not take it: the daemon is about to end"));
    }
  }

  @Test
  void whoLeavesBreaksHisOwnRunOffAndHearsItsLastWords() throws Exception {
    Shown first = new Shown();
    Shown second = new Shown();
    try (DaemonConnection one = accepted("long", first);
        DaemonConnection two = accepted("test", second)) {
      assertThat(first.next()).isEqualTo("begins");
      assertThat(second.next()).isEqualTo("place 1");
      assertThat(one.leave(Duration.ofSeconds(30))).isEqualTo(OptionalInt.of(130));
      assertThat(first.next()).isEqualTo("broken off");
      assertThat(two.await()).isEqualTo(OptionalInt.of(1));
    }
  }

  @Test
  void whoIsKilledWhileItWaitsBreaksHisOwnRunOff() throws Exception {
    Shown first = new Shown();
    Shown second = new Shown();
    try (DaemonConnection one = accepted("long", first)) {
      assertThat(first.next()).isEqualTo("begins");
      try (DaemonConnection _ = accepted("test", second)) {
        assertThat(second.next()).isEqualTo("place 1");
      }
      while (queue.runs().getLast().state() != QueuedRun.State.ENDED) {
        Thread.onSpinWait();
      }
      assertThat(queue.runs().getLast().end().orElseThrow().ending().how())
          .isEqualTo(QueuedRunEnd.How.CANCELLED);
      end.countDown();
      assertThat(one.await()).isEqualTo(OptionalInt.of(1));
    }
  }

  @Test
  void whoReadsNothingHoldsUpNobodyElse() throws Exception {
    Path socket = DaemonFile.read(directory).orElseThrow().socket();
    try (SocketChannel silent = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      DaemonSocketServer.send(silent, FrameType.ASK.frame(ask("test").bytes()));
      DaemonSocketServer.send(
          silent, FrameType.GIVE.frame(new SubmittedVariables(Map.of(), Map.of()).bytes()));
      assertThat(ran.poll(120, SECONDS)).isNotNull();
      try (DaemonConnection handover = connect()) {
        assertThat(handover.status()).asString().isEqualTo("{\"running\":true}");
      }
    }
    Shown shown = new Shown();
    try (DaemonConnection handover = accepted("test", shown)) {
      assertThat(handover.await()).isEqualTo(OptionalInt.of(1));
    }
  }

  @Test
  void aDaemonThatEndsTellsNoEndAndKeepsTheRun() throws Exception {
    Shown shown = new Shown();
    try (DaemonConnection handover = accepted("long", shown)) {
      assertThat(shown.next()).isEqualTo("begins");
      server.close();
      queue.close();
      assertThat(handover.await()).isEmpty();
    }
    assertThat(DaemonFile.read(directory)).isEmpty();
    assertThat(RunQueue.left(directory.resolve("queue")))
        .singleElement()
        .satisfies(run -> assertThat(run.state()).isEqualTo(QueuedRun.State.WAITING));
    assertThat(root.resolve("sockets")).isEmptyDirectory();
  }

  @Test
  void whatIsNotUnderstoodIsSaidAndNotAnswered() throws Exception {
    for (byte[] sent :
        List.of(
            "GET / HTTP/1.1\r\n\r\n".getBytes(UTF_8),
            FrameType.ASK.frame("{}"),
            FrameType.END.frame("0"),
            new byte[] {'?', 0x7f, 0, 0, 0})) {
      assertThat(answerTo(sent)).isEmpty();
      assertThat(said.poll(120, SECONDS)).startsWith("warning: a command sent a malformed");
    }
    byte[] more =
        join(
            FrameType.ASK.frame(ask("test").bytes()),
            FrameType.GIVE.frame(
                new SubmittedVariables(Map.of("PEER_KEY", "x"), Map.of()).bytes()));
    assertThat(answerTo(more)).startsWith('N');
    assertThat(said.poll(120, SECONDS)).endsWith("more is given than was needed");
    assertThat(ran).isEmpty();
  }

  private static byte[] join(byte[] one, byte[] two) {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(one);
    both.writeBytes(two);
    return both.toByteArray();
  }

  /** What comes back, to the end of the connection. */
  private byte[] answerTo(byte[] sent) throws IOException {
    Path socket = DaemonFile.read(directory).orElseThrow().socket();
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      DaemonSocketServer.send(channel, sent);
      ByteBuffer buffer = ByteBuffer.allocate(1 << 12);
      while (channel.read(buffer) >= 0) {
        answer.write(buffer.array(), 0, buffer.position());
        buffer.clear();
      }
    } catch (IOException e) {
      // Closed with what was sent unread.
      return answer.toByteArray();
    }
    return answer.toByteArray();
  }

  @Test
  void isFoundByItsProcessAndNoOther() throws Exception {
    DaemonFile found = DaemonFile.read(directory).orElseThrow();
    assertThat(found.version()).isEqualTo(VERSION);
    assertThat(found.process()).contains(ProcessHandle.current());
    assertThat(
            new DaemonFile(found.pid(), found.started().minusSeconds(9), VERSION, found.socket())
                .process())
        .isEmpty();
    assertThat(Files.getPosixFilePermissions(directory.resolve("daemon.json")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(found.socket().toString().length()).isLessThan(108);
  }

  @Test
  void aDirectoryThatOthersMayWriteToIsNotBelieved() throws Exception {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwx---"));
    assertThatThrownBy(() -> DaemonFile.read(directory)).hasMessageContaining("open to others");
    assertThatThrownBy(
            () ->
                DaemonSocketServer.open(
                    directory,
                    root.resolve("sockets"),
                    VERSION,
                    new Office(),
                    CommandHandler.NONE,
                    said::add))
        .hasMessageContaining("open to others");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    Files.writeString(directory.resolve("daemon.json"), "{\"pid\":\"x\"}");
    assertThatThrownBy(() -> DaemonFile.read(directory)).hasMessageContaining("a whole number");
  }
}
