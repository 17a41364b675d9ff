package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers that want the same run while it goes on, with real machines. */
@Timeout(900)
class JoinIT {

  /** Goes on once the gate hangs up. */
  private static final String HELD =
      """
      test:VQ:
      \techo first; sleep 1; echo complaint >&2
      \tWAIT
      \techo second; sleep 1; exit CODE
      quick:VQ:
      \techo quick
      """;

  private static final String FOLLOWING = "^peer: following the run of (CN=\\S+); its output is";

  private Team team;
  private Gate gate;

  @BeforeEach
  void startRendezvous() throws Exception {
    team = Team.create();
    team.startRendezvous(team.peer("rendezvous"));
    gate = new Gate();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    gate.close();
    team.close();
  }

  /** Who follows has no QEMU: whatever it shows, it has not run itself. */
  @Test
  void aFollowerSeesTheOutputWhileTheRunGoesOnAndTakesItsResult() throws Exception {
    Repository repository = held(0);
    Peer ci = peer("ci").withoutQemu();
    Run runner = peer("laptop").start(repository, "run", "--exit");
    runner.awaitLine("^peer: stage: test$");

    Run follower = ci.start(repository, "run", "--exit", "--timings");
    Run replay = peer("desk").start(repository, "replay", "--wait", "5m", "--json");
    Run leaving = peer("phone").withoutQemu().start(repository, "run");
    assertThat(follower.awaitLine(FOLLOWING)).isEqualTo("CN=laptop");
    leaving.awaitLine("^complaint$");
    leaving.signal("INT").await().hasExitCode(130);
    ci.run(repository, "replay")
        .refuses(3, "no reachable peer holds a result")
        .awaitLine("^peer: hint: CN=laptop runs it now");
    follower.awaitLine("^complaint$");
    assertThat(follower.stdout()).isEqualTo("first\n");
    assertThat(runner.stdout()).isEqualTo("first\n");
    assertThat(runner.alive()).isTrue();

    gate.open();
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
        .contains("\"source\":\"peer\"")
        .contains("\"holder\":\"CN=laptop\"")
        .contains("\"followed\":true")
        .contains("\"name\":\"follow\"");
    ci.run(repository, "replay").hasExitCode(0);
  }

  @Test
  void ofTwoThatStartAtTheSameMomentOneRunsAndOneFollows() throws Exception {
    Repository repository = held(0);
    List<Peer> peers = List.of(peer("laptop"), peer("ci"));
    List<Run> runs =
        List.of(
            peers.get(0).start(repository, "run", "--exit"),
            peers.get(1).start(repository, "run", "--exit"));
    for (Run run : runs) {
      run.awaitLine("^complaint$");
    }

    gate.open();

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
    Repository repository = held(0);
    Peer laptop = peer("laptop");
    Run runner = laptop.start(repository, "run");
    runner.awaitLine("^complaint$");
    Run follower = peer("ci").start(repository, "run", "--exit");
    follower.awaitLine("^complaint$");

    runner.signal("KILL").await();

    follower.awaitLine("^peer: the run of CN=laptop is not followed any more: ");
    gate.open();
    follower.await().hasExitCode(0);
    assertThat(follower.stdout()).isEqualTo("first\nfirst\nsecond\n");
    assertThat(follower.stderr()).contains("peer: passed in ");
    // The next run removes what a killed one left.
    laptop.run(repository, "run", "quick", "--exit").hasExitCode(0);
  }

  @Test
  void aFailureIsShownAndNotReplayed() throws Exception {
    Repository repository = held(3);
    Run runner = peer("laptop").start(repository, "run");
    runner.awaitLine("^peer: stage: test$");
    Peer ci = peer("ci").withoutQemu();
    Run replay = ci.start(repository, "replay", "--wait", "5m");
    replay.awaitLine("^complaint$");

    gate.open();
    runner.await().hasExitCode(1);

    replay.await().hasExitCode(3);
    assertThat(replay.stdout()).isEqualTo("first\nsecond\n");
    assertThat(replay.stderr())
        .containsPattern("peer: the run of CN=laptop failed at \\S+Z: the stage test ended with ");
    assertThat(ci.run(repository, "replay").hasExitCode(3).stderr())
        .containsPattern("peer: the run of CN=laptop failed at \\S+Z: the stage test ended with ");
  }

  private Peer peer(String name) throws Exception {
    return gate.reachedBy(team.peer(name));
  }

  /** A repository whose test waits for the gate, and then ends with this code. */
  private Repository held(int code) throws Exception {
    String mkfile = HELD.replace("WAIT", gate.recipe()).replace("CODE", "" + code);
    return gate.leadingTo(team.repository("held", mkfile));
  }
}
