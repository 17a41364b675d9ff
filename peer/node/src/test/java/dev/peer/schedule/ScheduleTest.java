package dev.peer.schedule;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.flow.MachineSlots;
import dev.peer.daemon.QueuedRun;
import dev.peer.daemon.QueuedRunEnd;
import dev.peer.daemon.RunQueue;
import dev.peer.daemon.RunRequest;
import dev.peer.source.Git;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With real repositories and the real queue; no machine runs, and the test moves the clock. */
@Timeout(300)
class ScheduleTest {

  private static final Instant TEN = Instant.parse("2026-11-26T10:00:00Z");
  private static final String MKFILE = "/var/run/ci/crontab:\n\tcp crontab $target\n";

  @TempDir private Path root;

  private final AtomicReference<Instant> now = new AtomicReference<>(TEN);
  private final List<String> said = new CopyOnWriteArrayList<>();
  private final BlockingQueue<String> ended = new LinkedBlockingQueue<>();
  private final List<String> ran = Collections.synchronizedList(new ArrayList<>());
  private final AtomicReference<CountDownLatch> gate = new AtomicReference<>(new CountDownLatch(0));
  private final BlockingQueue<String> begun = new LinkedBlockingQueue<>();
  private Git git;
  private RunQueue queue;
  private Schedule schedule;
  private MadeCrontabs made;

  @BeforeEach
  void start() throws Exception {
    git = Git.init(root.resolve("repository"));
    git.write("mkfile", "test:V:\n\ttrue\n");
    git.commitAll("first");
  }

  @AfterEach
  void stop() {
    gate.get().countDown();
    if (queue != null) {
      queue.close();
    }
  }

  private void startDaemon() throws Exception {
    made = new MadeCrontabs();
    queue =
        new RunQueue(
            root.resolve("queue"),
            1,
            this::run,
            text -> {
              said.add(text);
              ended.add(text);
            });
    schedule =
        new Schedule(
            root.resolve("watched"),
            List.of(git.directory()),
            queue,
            made,
            ((InstantSource) now::get).withZone(ZoneOffset.UTC),
            said::add);
    queue.start();
    schedule.begin();
  }

  /** What a machine would do: tests take no time, and a crontab is the file of that name. */
  private QueuedRunEnd run(RunRequest request, RunQueue.Machine machine)
      throws InterruptedException {
    MachineSlots slots = machine.slots(_ -> {});
    try (MachineSlots.Turn _ = slots.take()) {
      if (MadeCrontabs.isRequested(request)) {
        made.add(request, Optional.of(git.run("show", request.revision() + ":crontab")));
      } else {
        begun.add(name(request));
        gate.get().await();
        ran.add(name(request));
      }
    }
    return QueuedRunEnd.ofExit(0, "");
  }

  private static String name(RunRequest request) {
    return String.join(
        " ", request.reason().kind().text(), request.target(), request.revision().substring(0, 12));
  }

  private void lookAfter(Duration time) throws InterruptedException {
    now.updateAndGet(before -> before.plus(time));
    schedule.look();
    awaitIdle();
  }

  private void awaitIdle() throws InterruptedException {
    while (queue.runs().stream().anyMatch(run -> run.state() != QueuedRun.State.ENDED)) {
      ended.poll(1, SECONDS);
    }
  }

  private void lookNow() throws InterruptedException {
    lookAfter(Duration.ZERO);
  }

  private void holdRuns() {
    gate.set(new CountDownLatch(1));
  }

  private String commit(String message) throws Exception {
    git.write("file", message);
    return "watch test " + git.commitAll(message).substring(0, 12);
  }

  private String commitCrontab(String crontab) throws Exception {
    git.write("mkfile", MKFILE).write("crontab", crontab);
    return git.commitAll("crontab").substring(0, 12);
  }

  private List<String> saidOf(String part) {
    return said.stream().filter(line -> line.contains(part)).toList();
  }

  @Test
  void everyRunThatIsDueInAnHourRunsOnceWhileTheDaemonIsRestarted() throws Exception {
    commitCrontab(
        """
        */10 * * * * test
        0,30 * * * * lint
        20 10 * * * nightly
        * * * * * smoke
        @daily never
        """);
    startDaemon();
    lookNow();
    lookNow();
    List<String> commits = new ArrayList<>();
    Map<String, Integer> expected = new TreeMap<>();

    for (int step = 1; step <= 180; step++) {
      if (step % 35 == 0) {
        commits.add(commit("step " + step));
      }
      if (step == 77) {
        queue.close();
        startDaemon();
      }
      lookAfter(Duration.ofSeconds(20));
    }

    assertThat(now.get()).isEqualTo(TEN.plus(Duration.ofHours(1)));
    assertThat(ran).filteredOn(run -> run.startsWith("watch")).isEqualTo(commits);
    for (String run : ran) {
      if (run.startsWith("crontab")) {
        expected.merge(run.split(" ")[1], 1, Integer::sum);
      }
    }
    assertThat(expected).isEqualTo(Map.of("test", 6, "lint", 2, "nightly", 1, "smoke", 60));
    assertThat(saidOf("missed")).isEmpty();
    assertThat(saidOf("late")).isEmpty();
  }

  @Test
  void theFirstCommitThatIsSeenIsNotRunAndTheNextIs() throws Exception {
    startDaemon();
    lookNow();
    assertThat(ran).isEmpty();

    String second = commit("second");
    lookNow();
    lookNow();

    assertThat(ran).containsExactly(second);
  }

  @Test
  void aCommitThatWasMadeWhileTheDaemonWasAwayIsRunWhenItIsBack() throws Exception {
    startDaemon();
    lookNow();
    queue.close();
    String second = commit("second");

    startDaemon();
    lookNow();

    assertThat(ran).containsExactly(second);
  }

  @Test
  void seesHeadMoveInWhateverWay() throws Exception {
    String first = "watch test " + git.run("rev-parse", "HEAD").substring(0, 12);
    startDaemon();
    lookNow();

    String second = commit("second");
    git.run("pack-refs", "--all");
    git.run("gc", "-q");
    lookNow();
    git.run("reset", "-q", "--hard", "HEAD~1");
    lookNow();
    git.run("checkout", "-q", "-b", "topic");
    String third = commit("third");
    lookNow();
    git.run("checkout", "-q", "main");
    lookNow();
    git.run("merge", "-q", "--ff-only", "topic");
    lookNow();
    git.run("checkout", "-q", "--detach", "HEAD~1");
    lookNow();

    assertThat(ran).containsExactly(second, first, third, first, third, first);
  }

  @Test
  void aLinkedWorkTreeHasAHeadOfItsOwn() throws Exception {
    Git main = git;
    Path linked = root.resolve("linked");
    git.run("worktree", "add", "-q", linked.toString(), "-b", "topic");
    git = Git.in(linked);
    startDaemon();
    lookNow();

    String here = commit("in the linked work tree");
    lookNow();
    git = main;
    commit("in the main work tree");
    lookNow();

    assertThat(ran).containsExactly(here);
  }

  @Test
  void aBareRepositoryIsWatchedToo() throws Exception {
    Git work = git;
    Path bare = root.resolve("bare.git");
    git.run("clone", "-q", "--bare", git.directory().toString(), bare.toString());
    git = Git.in(bare);
    startDaemon();
    lookNow();

    git = work;
    String second = commit("second");
    git.run("push", "-q", bare.toString(), "main");
    lookNow();

    assertThat(ran).containsExactly(second);
  }

  @Test
  void ofCommitsInQuickSuccessionTheNewestRunsAndTheOthersAreSaid() throws Exception {
    startDaemon();
    lookNow();
    holdRuns();
    String first = commit("one");
    schedule.look();
    assertThat(begun.poll(120, SECONDS)).isEqualTo(first);

    String second = commit("two");
    schedule.look();
    commit("three");
    commit("four");
    String fifth = commit("five");
    schedule.look();
    gate.get().countDown();
    awaitIdle();

    assertThat(ran).containsExactly(first, fifth);
    assertThat(saidOf(second.substring(11) + " is overtaken by " + fifth.substring(11))).hasSize(1);
    assertThat(saidOf("new commit " + fifth.substring(11) + "; overtaken: the 2 before it"))
        .hasSize(1);
  }

  @Test
  void aRepositoryThatVanishesIsSaidOnceAndFoundAgain() throws Exception {
    startDaemon();
    lookNow();
    Path away = root.resolve("away");
    Files.move(git.directory(), away);

    lookNow();
    lookNow();
    assertThat(saidOf("no git repository")).hasSize(1);

    git = Git.in(away);
    String second = commit("second");
    Files.move(away, root.resolve("repository"));
    git = Git.in(root.resolve("repository"));
    lookNow();

    assertThat(saidOf("can be read again")).hasSize(1);
    assertThat(ran).containsExactly(second);
  }

  @Test
  void theRepositoryAroundADirectoryThatIsNoneIsNotWatched() throws Exception {
    Git outer = Git.init(root);
    outer.run("commit", "-q", "--allow-empty", "-m", "outer");
    Git inner = git;
    git = Git.in(Files.createDirectory(root.resolve("none")));
    startDaemon();
    lookNow();
    outer.run("commit", "-q", "--allow-empty", "-m", "outer again");
    lookNow();
    git = inner;

    assertThat(ran).isEmpty();
    assertThat(saidOf("no git repository")).hasSize(1);
  }

  @Test
  void aDamagedRepositoryIsSaidOnceAndWatchedOn() throws Exception {
    startDaemon();
    lookNow();
    Path head = git.directory().resolve(".git/HEAD");
    String whole = Files.readString(head);
    Files.writeString(head, "ref: refs/heads/nowhere\n");
    lookNow();
    lookNow();
    assertThat(saidOf("there is no commit on nowhere yet")).hasSize(1);
    Files.writeString(head, "0123456789012345678901234567890123456789\n");
    lookNow();
    lookNow();
    assertThat(saidOf("unknown revision")).hasSize(1);

    Files.writeString(head, whole);
    String second = commit("second");
    lookNow();

    assertThat(ran).containsExactly(second);
  }

  @Test
  void timesThatPassWhileTheDaemonIsAwayAreMissedAndTheLastIsRunLate() throws Exception {
    String commit = commitCrontab("@hourly test\n");
    startDaemon();
    lookNow();
    lookNow();
    queue.close();
    now.set(TEN.plus(Duration.ofMinutes(330)));

    startDaemon();
    lookNow();
    lookNow();

    assertThat(ran).containsExactly("crontab test " + commit);
    assertThat(saidOf("has missed 4 runs")).hasSize(1);
    assertThat(saidOf("due at 2026-11-26T15:00:00Z runs late")).hasSize(1);
  }

  @Test
  void whileARunOfALineGoesOnOneOfThatLineWaitsAtMost() throws Exception {
    String commit = commitCrontab("* * * * * test\n");
    startDaemon();
    lookNow();
    lookNow();
    holdRuns();
    now.set(TEN.plusSeconds(60));
    schedule.look();
    begun.poll(120, SECONDS);
    for (int minute = 2; minute <= 9; minute++) {
      now.set(TEN.plusSeconds(60L * minute));
      schedule.look();
    }
    assertThat(queue.runs()).filteredOn(run -> run.state() != QueuedRun.State.ENDED).hasSize(1);

    gate.get().countDown();
    awaitIdle();
    lookNow();
    lookNow();

    assertThat(ran).containsExactly("crontab test " + commit, "crontab test " + commit);
    assertThat(saidOf("has missed 7 runs")).hasSize(1);
  }

  @Test
  void aLineThatStaysInTheCrontabKeepsItsTimesAndANewOneBeginsNow() throws Exception {
    commitCrontab("0 * * * * test\n");
    startDaemon();
    lookNow();
    lookNow();
    now.set(TEN.plus(Duration.ofMinutes(59)));

    String commit = commitCrontab("# moved\n0 * * * * test\n30 * * * * lint\n");
    lookNow();
    lookAfter(Duration.ofMinutes(1));
    lookAfter(Duration.ofMinutes(1));

    assertThat(ran).containsExactly("watch test " + commit, "crontab test " + commit);
    assertThat(saidOf("line 3: 30 * * * * lint (Z), next 2026-11-26T11:30:00Z")).hasSize(1);
  }

  @Test
  void whatIsWrongWithACrontabIsSaidAndTheRestIsInForce() throws Exception {
    commitCrontab("* * * * test\n@hourly lint\n");
    startDaemon();
    lookNow();
    lookNow();

    assertThat(saidOf("warning: crontab, left out: line 1: five fields")).hasSize(1);
    WatchStatus status = schedule.status().getFirst();
    assertThat(status.crontab())
        .containsExactly("line 2: @hourly lint (Z), next 2026-11-26T11:00:00Z");
    assertThat(status.faults()).hasSize(1);
    assertThat(status.trouble()).isEmpty();
  }

  @Test
  void aCrontabThatIsTakenOutIsInForceNoMore() throws Exception {
    commitCrontab("@hourly test\n");
    startDaemon();
    lookNow();
    lookNow();

    git.write("mkfile", "test:V:\n\ttrue\n");
    git.commitAll("no crontab");
    lookNow();
    ran.clear();
    lookAfter(Duration.ofHours(2));

    assertThat(ran).isEmpty();
    assertThat(saidOf(": none")).hasSize(1);
  }

  @Test
  void aMkfileThatSurelyMakesNoCrontabNeedsNoMachine() throws Exception {
    startDaemon();
    lookNow();

    assertThat(queue.runs()).isEmpty();
  }

  @Test
  void aLineRunsTheCommitThatIsThereWhenItIsDueAlthoughItHasAResult() throws Exception {
    commitCrontab("@hourly test\n");
    startDaemon();
    lookNow();
    lookNow();
    String commit = commit("newer").substring(11);
    lookAfter(Duration.ofMinutes(60));

    assertThat(ran).contains("crontab test " + commit);
    assertThat(queue.runs())
        .filteredOn(run -> run.request().reason().kind().text().equals("crontab"))
        .allMatch(run -> run.request().options().force());
  }

  @Test
  void whatWasSeenAndCanNotBeReadIsSetAside() throws Exception {
    startDaemon();
    lookNow();
    queue.close();
    Path file = root.resolve("watched").resolve(WatchStateFile.name(git.directory()));
    Files.writeString(file, "{");
    commit("second");

    startDaemon();
    lookNow();

    assertThat(saidOf("is set aside")).hasSize(1);
    assertThat(ran).isEmpty();
  }

  @Test
  void whatIsWatchedNoMoreIsForgotten() throws Exception {
    startDaemon();
    lookNow();
    queue.close();
    git = Git.init(root.resolve("other"));

    startDaemon();
    lookNow();

    try (var files = Files.list(root.resolve("watched"))) {
      assertThat(files).isEmpty();
    }
  }
}
