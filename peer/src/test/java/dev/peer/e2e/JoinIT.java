package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers that want the same run while it goes on, with real machines. */
@Timeout(600)
class JoinIT {

  private static final String SLOW =
      """
      test:VQ:
      \techo first; echo complaint >&2; sleep 40; echo second
      quick:VQ:
      \techo quick
      """;

  private static final String FAILING =
      """
      test:VQ:
      \techo first; sleep 20; exit 3
      """;

  private static final String FOLLOWING = "^peer: following the run of (CN=\\S+); its output is";

  private Team team;

  @BeforeEach
  void startRendezvous() throws Exception {
    team = Team.create();
    team.startRendezvous();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  /** Who follows has no QEMU: whatever it shows, it has not run itself. */
  @Test
  void aFollowerSeesTheOutputWhileTheRunGoesOnAndTakesItsResult() throws Exception {
    Repository repository = team.repository("slow", SLOW);
    Peer ci = team.peer("ci").withoutQemu();
    Run runner = team.peer("laptop").start(repository, "run", "--exit");
    runner.awaitLine("^peer: stage: test$");

    Run follower = ci.start(repository, "run", "--exit", "--timings");
    Run replay = team.peer("desk").start(repository, "replay", "--wait", "5m", "--json");
    Run leaving = team.peer("phone").withoutQemu().start(repository, "run");
    assertThat(follower.awaitLine(FOLLOWING)).isEqualTo("CN=laptop");
    leaving.awaitLine("^complaint$");
    leaving.signal("INT").await().hasExitCode(130);
    ci.run(repository, "replay")
        .refuses(3, "no peer that can be reached holds a result")
        .awaitLine("^peer: hint: CN=laptop runs it now");
    follower.awaitLine("^complaint$");
    assertThat(follower.stdout()).isEqualTo("first\n");
    assertThat(runner.stdout()).isEqualTo("first\n");
    assertThat(runner.alive()).isTrue();

    runner.await().hasExitCode(0);
    follower.await().hasExitCode(0);
    replay.await().hasExitCode(0);

    assertThat(runner.stdout()).isEqualTo("first\nsecond\n");
    assertThat(follower.stdout()).isEqualTo("first\nsecond\n");
    assertThat(follower.testStderr()).isEqualTo("complaint");
    assertThat(follower.stderr())
        .contains("peer: stage: test\n")
        .contains("passed, followed: CN=laptop ran it")
        .containsPattern("peer: time: follow ");
    assertThat(replay.stdout())
        .contains("\"source\":\"peer\",\"holder\":\"CN=laptop\",\"followed\":true")
        .contains("\"name\":\"follow\"");
    ci.run(repository, "replay").hasExitCode(0);
  }

  @Test
  void ofTwoThatStartAtTheSameMomentOneRunsAndOneFollows() throws Exception {
    Repository repository = team.repository("slow", SLOW);
    List<Peer> peers = List.of(team.peer("laptop"), team.peer("ci"));
    List<Run> runs =
        List.of(
            peers.get(0).start(repository, "run", "--exit"),
            peers.get(1).start(repository, "run", "--exit"));

    for (Run run : runs) {
      run.await().hasExitCode(0);
      assertThat(run.stdout()).isEqualTo("first\nsecond\n");
    }
    assertThat(runs).filteredOn(run -> run.stderr().contains("peer: passed in ")).hasSize(1);
    assertThat(runs)
        .filteredOn(run -> run.stderr().contains("peer: passed, followed: "))
        .hasSize(1);
  }

  @Test
  void aFollowerRunsItselfWhenTheRunnerIsKilled() throws Exception {
    Repository repository = team.repository("slow", SLOW);
    Peer laptop = team.peer("laptop");
    Run runner = laptop.start(repository, "run");
    runner.awaitLine("^complaint$");
    Run follower = team.peer("ci").start(repository, "run", "--exit");
    follower.awaitLine("^complaint$");

    runner.signal("KILL").await();

    follower.awaitLine("^peer: the run of CN=laptop is not followed any more: ");
    follower.await().hasExitCode(0);
    assertThat(follower.stdout()).isEqualTo("first\nfirst\nsecond\n");
    assertThat(follower.stderr()).contains("peer: passed in ");
    // The next run removes what a killed one left.
    laptop.run(repository, "run", "quick", "--exit").hasExitCode(0);
  }

  @Test
  void aFailureIsShownAndNotReplayed() throws Exception {
    Repository repository = team.repository("failing", FAILING);
    Run runner = team.peer("laptop").start(repository, "run");
    runner.awaitLine("^peer: stage: test$");
    Peer ci = team.peer("ci").withoutQemu();
    Run replay = ci.start(repository, "replay", "--wait", "5m");

    runner.await().hasExitCode(1);

    replay.await().hasExitCode(3);
    assertThat(replay.stdout()).isEqualTo("first\n");
    assertThat(replay.stderr())
        .containsPattern("peer: the run of CN=laptop failed at \\S+Z: the stage test ended with ");
    assertThat(ci.run(repository, "replay").hasExitCode(3).stderr())
        .contains("peer: a run of CN=laptop failed a moment ago");
  }
}
