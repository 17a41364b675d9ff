package dev.peer.daemon;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.flow.MachineSlots;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class RunQueueTest {

  private static final int MOST = 100;

  @TempDir private Path directory;

  private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
  private final Work work = new Work();

  /** Runs whose end the test decides: what it does is put down in the order in which it happens. */
  private static final class Work implements RunQueue.Runner {

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final Map<String, CountDownLatch> ends = new ConcurrentHashMap<>();

    @Override
    public QueuedRunEnd run(RunRequest request, RunQueue.Machine machine)
        throws InterruptedException {
      String target = request.target();
      MachineSlots slots = machine.slots(place -> events.add(target + " at place " + place));
      try (MachineSlots.Turn _ = slots.take()) {
        events.add(target + " begins");
        end(target).await();
      } catch (InterruptedException e) {
        events.add(target + " is interrupted");
        throw e;
      }
      return QueuedRunEnd.ofExit(0, "");
    }

    private CountDownLatch end(String target) {
      return ends.computeIfAbsent(target, _ -> new CountDownLatch(1));
    }

    String next() throws InterruptedException {
      return events.poll(120, SECONDS);
    }

    void letEnd(String... targets) {
      for (String target : targets) {
        end(target).countDown();
      }
    }
  }

  private RunQueue queue(int machines) throws Exception {
    RunQueue queue = new RunQueue(directory, machines, MOST, work, said::add);
    queue.start();
    return queue;
  }

  private static RunRequest request(String target) {
    return RunRequest.of(
        Path.of("/repository"), "HEAD", target, new Reason(Reason.Kind.WATCH, "main"));
  }

  private static QueuedRunEnd end(RunQueue.Ticket ticket) throws Exception {
    return ticket.ended().get(120, SECONDS);
  }

  @Test
  void runsWhatIsSubmittedAndSaysHowItEnded() throws Exception {
    try (RunQueue queue = queue(1)) {
      RunQueue.Ticket ticket = queue.submit(request("test"));
      assertThat(work.next()).isEqualTo("test begins");
      assertThat(queue.runs())
          .singleElement()
          .satisfies(
              run -> {
                assertThat(run.state()).isEqualTo(QueuedRun.State.RUNNING);
                assertThat(run.request()).isEqualTo(request("test"));
              });
      work.letEnd("test");
      assertThat(end(ticket).how()).isEqualTo(QueuedRunEnd.How.PASSED);
      assertThat(queue.runs())
          .singleElement()
          .satisfies(run -> assertThat(run.end().map(QueuedRun.End::ending)).contains(end(ticket)));
    }
    assertThat(said).containsExactly("run 1 (watch main: test in /repository): passed");
  }

  @Test
  void tellsWhatARunIsAndSinceWhenItHasAMachine() throws Exception {
    ResultName name = new ResultName(new RepoId("git.example.org/x"), RunKey.ofHex("a".repeat(64)));
    CountDownLatch named = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    try (RunQueue queue = queue(1)) {
      RunQueue.Ticket ticket =
          queue.submit(
              request("test"),
              (_, machine) -> {
                RunQueue.Turns turns = machine.slots(_ -> {});
                turns.isOf(name);
                named.countDown();
                over.await();
                return QueuedRunEnd.ofExit(0, "");
              });
      named.await();
      QueuedRun.Position searching = queue.runs().getFirst().position();
      assertThat(searching.name()).contains(name);
      assertThat(searching.begun()).isEmpty();
      over.countDown();
      end(ticket);
      queue.submit(request("next"));
      assertThat(work.next()).isEqualTo("next begins");
      QueuedRun.Position running = queue.runs().getFirst().position();
      assertThat(running.name()).isEmpty();
      assertThat(running.begun()).isPresent();
      work.letEnd("next");
    }
  }

  @Test
  void saysWhenNoRunHasAMachineAndNoneWaits() throws Exception {
    BlockingQueue<String> idle = new LinkedBlockingQueue<>();
    try (RunQueue queue = queue(1)) {
      queue.whenMachinesAreIdle(() -> idle.add("idle"));
      RunQueue.Ticket first = queue.submit(request("a"));
      assertThat(work.next()).isEqualTo("a begins");
      RunQueue.Ticket second = queue.submit(request("b"));
      assertThat(work.next()).isEqualTo("b at place 1");
      work.letEnd("a");
      end(first);
      assertThat(work.next()).isEqualTo("b begins");
      assertThat(idle).isEmpty();
      work.letEnd("b");
      end(second);
      assertThat(idle.poll(120, SECONDS)).isEqualTo("idle");
    }
    assertThat(idle).isEmpty();
  }

  @Test
  void givesTheMachineInTheOrderOfAcceptanceAndTellsThePlaces() throws Exception {
    try (RunQueue queue = queue(1)) {
      queue.submit(request("a"));
      assertThat(work.next()).isEqualTo("a begins");
      queue.submit(request("b"));
      assertThat(work.next()).isEqualTo("b at place 1");
      RunQueue.Ticket c = queue.submit(request("c"));
      assertThat(work.next()).isEqualTo("c at place 2");
      assertThat(queue.runs()).extracting(run -> run.position().place()).containsExactly(0, 1, 2);
      work.letEnd("a", "c");
      assertThat(List.of(work.next(), work.next()))
          .containsExactlyInAnyOrder("b begins", "c at place 1");
      work.letEnd("b");
      assertThat(work.next()).isEqualTo("c begins");
      assertThat(end(c).how()).isEqualTo(QueuedRunEnd.How.PASSED);
    }
  }

  @Test
  void runsAsManyAtOnceAsThereAreMachines() throws Exception {
    try (RunQueue queue = queue(2)) {
      queue.submit(request("a"));
      queue.submit(request("b"));
      assertThat(List.of(work.next(), work.next()))
          .containsExactlyInAnyOrder("a begins", "b begins");
      queue.submit(request("c"));
      assertThat(work.next()).isEqualTo("c at place 1");
    }
  }

  @Test
  void whoNeedsNoMachineWaitsForNobody() throws Exception {
    try (RunQueue queue = queue(1)) {
      queue.submit(request("a"));
      assertThat(work.next()).isEqualTo("a begins");
      RunQueue.Ticket replay =
          queue.submit(request("b"), (_, _) -> QueuedRunEnd.ofExit(0, "was there"));
      assertThat(end(replay).text()).isEqualTo("was there");
    }
  }

  @Test
  void aRunThatTakesSeveralTurnsIsOneAttempt() throws Exception {
    try (RunQueue queue = queue(1)) {
      RunQueue.Ticket twice =
          queue.submit(
              request("a"),
              (_, machine) -> {
                for (int i = 0; i < 3; i++) {
                  machine.slots(_ -> {}).take().close();
                }
                return QueuedRunEnd.ofExit(0, "");
              });
      end(twice);
      assertThat(queue.runs()).extracting(QueuedRun::attempts).containsExactly(1);
    }
  }

  @Test
  void cancelsTheOneThatRunsAndNoOther() throws Exception {
    try (RunQueue queue = queue(1)) {
      RunQueue.Ticket a = queue.submit(request("a"));
      assertThat(work.next()).isEqualTo("a begins");
      RunQueue.Ticket b = queue.submit(request("b"));
      assertThat(work.next()).isEqualTo("b at place 1");
      a.cancel();
      assertThat(work.next()).isEqualTo("a is interrupted");
      assertThat(end(a)).isEqualTo(new QueuedRunEnd(QueuedRunEnd.How.CANCELLED, 130, ""));
      assertThat(work.next()).isEqualTo("b begins");
      work.letEnd("b");
      assertThat(end(b).how()).isEqualTo(QueuedRunEnd.How.PASSED);
    }
    assertThat(left()).isEmpty();
  }

  @Test
  void cancelsTheOneThatWaitsAndNoOther() throws Exception {
    try (RunQueue queue = queue(1)) {
      RunQueue.Ticket a = queue.submit(request("a"));
      assertThat(work.next()).isEqualTo("a begins");
      RunQueue.Ticket b = queue.submit(request("b"));
      assertThat(work.next()).isEqualTo("b at place 1");
      queue.submit(request("c"));
      assertThat(work.next()).isEqualTo("c at place 2");
      b.cancel();
      assertThat(List.of(work.next(), work.next()))
          .containsExactlyInAnyOrder("b is interrupted", "c at place 1");
      assertThat(end(b).how()).isEqualTo(QueuedRunEnd.How.CANCELLED);
      assertThat(a.ended()).isNotDone();
    }
  }

  @Test
  void aRunThatBreaksEndsItselfAlone() throws Exception {
    try (RunQueue queue = queue(1)) {
      RunQueue.Ticket broken =
          queue.submit(
              request("a"),
              (_, machine) -> {
                try (MachineSlots.Turn _ = machine.slots(_ -> {}).take()) {
                  throw new IllegalStateException("broken");
                }
              });
      assertThat(end(broken).text())
          .isEqualTo("unexpected: java.lang.IllegalStateException: broken");
      queue.submit(request("b"));
      assertThat(work.next()).isEqualTo("b begins");
    }
  }

  @Test
  void whatHasNotEndedRunsInTheNextQueue() throws Exception {
    RunQueue.Ticket a;
    RunQueue.Ticket b;
    try (RunQueue queue = queue(1)) {
      a = queue.submit(request("a"));
      assertThat(work.next()).isEqualTo("a begins");
      b = queue.submit(request("b"));
      assertThat(work.next()).isEqualTo("b at place 1");
    }
    assertThat(end(a).how()).isEqualTo(QueuedRunEnd.How.POSTPONED);
    assertThat(end(b).how()).isEqualTo(QueuedRunEnd.How.POSTPONED);
    work.events.clear();
    work.letEnd("a", "b");
    assertThat(leftRun()).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void aClosedQueueAcceptsNothing() throws Exception {
    RunQueue queue = queue(1);
    queue.close();
    assertThatThrownBy(() -> queue.submit(request("a")))
        .isInstanceOf(RunRefusedException.class)
        .hasMessage("the daemon is about to end");
    assertThat(left()).isEmpty();
  }

  @Test
  void refusesMoreThanItMayTake() throws Exception {
    try (RunQueue queue = new RunQueue(directory, 1, 1, work, said::add)) {
      RunQueue.Ticket first = queue.submit(request("a"));
      assertThatThrownBy(() -> queue.submit(request("b")))
          .isInstanceOf(RunRefusedException.class)
          .hasMessage("there are 1 runs in the queue");
      work.letEnd("a");
      end(first);
      queue.submit(request("b"));
    }
  }

  @Test
  void keepsWhatWasAskedFor() throws Exception {
    RunRequest all =
        new RunRequest(
            new RunSubject(
                Path.of("/repository/a b"),
                "0123456789012345678901234567890123456789",
                "test",
                List.of("-x", "ü")),
            new Reason(Reason.Kind.REQUEST, "pid 7"),
            new RunOptions(
                true,
                true,
                true,
                Optional.of(Path.of("out")),
                new RunOptions.Copies(2, Duration.ofSeconds(90)),
                Optional.of(Duration.ZERO)),
            new TreeMap<>(Map.of("LANG", "C", "PEER_ENV", "LANG")));
    try (RunQueue queue = queue(1)) {
      queue.submit(all);
      work.next();
    }
    try (RunQueue next = queue(1)) {
      assertThat(next.runs()).extracting(QueuedRun::request).containsExactly(all);
    }
    assertThat(Files.getPosixFilePermissions(directory)).hasSize(3);
  }

  @Test
  void setsAsideWhatCanNotBeRead() throws Exception {
    Files.writeString(directory.resolve("7.json"), "{\"id\":7}");
    Files.writeString(directory.resolve("8.json.new"), "{");
    try (RunQueue queue = queue(1)) {
      assertThat(queue.runs()).isEmpty();
      assertThat(said.take()).contains("7.json.unreadable").contains("request is missing");
    }
    assertThat(directory.resolve("7.json.unreadable")).exists();
    assertThat(directory.resolve("8.json.new")).doesNotExist();
  }

  @Test
  void afterAKillTheFourThatWaitedRunAndTheOneThatRanRunsAgain() throws Exception {
    kill(submitting("a", "b", "c", "d", "e"));
    assertThat(left()).hasSize(5);
    work.letEnd("a", "b", "c", "d", "e");
    assertThat(leftRun()).containsExactlyInAnyOrder("a", "b", "c", "d", "e");
    assertThat(said)
        .contains(
            "run 1 (watch main: a in /repository) was cut off when the daemon ended, and runs"
                + " again",
            "run 2 (watch main: b in /repository) was in the queue when the daemon ended");
  }

  @Test
  void aRunDuringWhichTheDaemonIsKilledEachTimeIsLostAndThatIsSaid() throws Exception {
    kill(submitting("a"));
    kill(submitting());
    kill(submitting());
    try (RunQueue queue = queue(1)) {
      assertThat(said)
          .containsExactly(
              "warning: run 1 (watch main: a in /repository) is lost: the daemon was killed 3 times"
                  + " while it ran");
      assertThat(queue.runs())
          .singleElement()
          .satisfies(
              run ->
                  assertThat(run.end().orElseThrow().ending().how())
                      .isEqualTo(QueuedRunEnd.How.LOST));
    }
    try (RunQueue later = queue(1)) {
      assertThat(later.runs()).hasSize(1);
    }
  }

  /** The targets of the runs that a next queue does. */
  private List<String> leftRun() throws Exception {
    try (RunQueue queue = queue(1)) {
      List<QueuedRun> begun = queue.runs();
      BlockingQueue<String> events = work.events;
      List<String> targets = new ArrayList<>();
      while (targets.size() < begun.size()) {
        String event = events.poll(120, SECONDS);
        if (event.endsWith(" begins")) {
          targets.add(event.substring(0, event.indexOf(' ')));
        }
      }
      return targets;
    }
  }

  /** The runs on disk that have not ended. */
  private List<QueueEntry> left() throws Exception {
    return new QueueFiles(directory)
        .read((_, _) -> {}).stream().filter(entry -> entry.end().isEmpty()).toList();
  }

  /** A process with a queue in which these are accepted and the first has begun. */
  private Process submitting(String... targets) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Daemon.class.getName(),
                directory.toString()));
    command.addAll(List.of(targets));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static void kill(Process process) throws Exception {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(lines.readLine()).isEqualTo("one runs");
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  /** Accepts runs that do not end, and is to be killed. */
  static final class Daemon {

    private Daemon() {}

    public static void main(String[] arguments) throws Exception {
      CountDownLatch accepted = new CountDownLatch(1);
      RunQueue.Runner runner =
          (_, machine) -> {
            try (MachineSlots.Turn _ = machine.slots(_ -> {}).take()) {
              accepted.await();
              System.out.println("one runs");
              new CountDownLatch(1).await();
            }
            return QueuedRunEnd.ofExit(0, "");
          };
      RunQueue queue = new RunQueue(Path.of(arguments[0]), 1, runner, _ -> {});
      queue.start();
      for (String target : List.of(arguments).subList(1, arguments.length)) {
        queue.submit(request(target));
        if (target.equals("a")) {
          awaitRunning(queue);
        }
      }
      accepted.countDown();
    }

    private static void awaitRunning(RunQueue queue) {
      while (queue.runs().getFirst().state() != QueuedRun.State.RUNNING) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void withdrawsOnlyWhatHasHadNoMachine() throws Exception {
    try (RunQueue queue = queue(1)) {
      RunQueue.Ticket first = queue.submit(request("first"));
      assertThat(work.next()).isEqualTo("first begins");
      RunQueue.Ticket second = queue.submit(request("second"));
      assertThat(work.next()).isEqualTo("second at place 1");

      assertThat(queue.withdraw(first.id())).isFalse();
      assertThat(queue.withdraw(second.id())).isTrue();
      assertThat(end(second).how()).isEqualTo(QueuedRunEnd.How.CANCELLED);
      work.letEnd("first");
      assertThat(end(first).how()).isEqualTo(QueuedRunEnd.How.PASSED);
      assertThat(queue.withdraw(first.id())).isFalse();
    }
  }
}
