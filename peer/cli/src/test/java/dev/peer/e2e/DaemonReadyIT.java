package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The machine that a daemon keeps started for its next run. */
@Timeout(900)
@Order(1) // One of the longest: begun last, it would end alone.
class DaemonReadyIT {

  private static final String PREPARE = "peer: prepare| ";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Says what must be each machine's own, and what none must have before its test. */
  private static final String MKFILE =
      """
      prepare-runtime:VQ:
      \tcat /etc/machine-id
      \tdate +%s
      \tcat /sys/class/net/eth0/carrier
      \thead -c 16 /dev/urandom | od -An -tx1
      test:VQ:
      \tls /sys/class/net
      \tcat tree
      """;

  private Team team;
  private Peer peer;
  private Repository repository;

  @BeforeEach
  void makeTeam() throws Exception {
    team = Team.create();
    peer = team.peer("laptop").with("PEER_READY", 1);
    repository = team.repository("ready", MKFILE).write("tree", "first").commit();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  @Test
  void eachRunTakesAMachineOfItsOwnThatWaited() throws Exception {
    startDaemon();
    assertThat(status().path("ready").path("taken").asInt()).isZero();
    assertThat(team.machines()).isEmpty();
    Set<String> own = new HashSet<>(prepared(run()).own());
    Set<Long> machines = new HashSet<>();

    for (int runs = 1; runs <= 2; runs++) {
      JsonNode waiting = awaitReady();
      machines.add(waiting.path("pid").longValue());
      assertThat(team.machine()).isEqualTo(waiting.path("pid").longValue());
      assertThat(waiting.path("usedBytes").longValue()).isPositive();
      assertThat(waiting.path("guestBytes").longValue()).isPositive();
      repository.write("tree", "tree " + runs).commit();

      Run run = run();

      assertThat(run.stdout()).isEqualTo("lo\ntree " + runs);
      assertThat(run.stderr()).contains("peer: time: take ").doesNotContain("peer: time: resume ");
      assertThat(status().path("ready").path("taken").asInt()).isEqualTo(runs);
      assertThat(prepared(run).carrier()).isEqualTo("1");
      assertThat(own).doesNotContainAnyElementsOf(prepared(run).own());
      own.addAll(prepared(run).own());
    }
    assertThat(machines).hasSize(2).doesNotContain(awaitReady().path("pid").longValue());
    assertThat(peer.run(team.root(), "daemon", "status").hasExitCode(0).stdout())
        .containsPattern(
            "a machine waits for the next run: process \\d+, image [0-9a-f]{12}, processors: \\d+,"
                + " memory: \\d+ MiB, of which it takes \\d+ MiB of this host; runs that took one:"
                + " 2\n");

    peer.run(team.root(), "daemon", "stop").hasExitCode(0);
    assertThat(team.machines()).isEmpty();
  }

  /** What a run's preparation saw; asserts that its clock was right. */
  private static Prepared prepared(Run run) {
    List<String> lines =
        run.stderr()
            .lines()
            .filter(line -> line.startsWith(PREPARE))
            .map(line -> line.substring(PREPARE.length()).strip())
            .toList();
    assertThat(lines).hasSize(4);
    assertThat(Instant.ofEpochSecond(Long.parseLong(lines.get(1))))
        .isBetween(Instant.now().minusSeconds(900), Instant.now().plusSeconds(2));
    return new Prepared(Set.of(lines.get(0), lines.get(3)), lines.get(2));
  }

  /**
   * What a preparation saw.
   *
   * @param own the machine's id, and random bytes
   * @param carrier whether its network had a link
   */
  private record Prepared(Set<String> own, String carrier) {}

  @Test
  void oneWaitsAboveTheDiskThatTheNextRunStartsFrom() throws Exception {
    repository
        .write(
            "mkfile",
            """
            /var/run/ci/cache/stamp:Q:
            \tcat /proc/sys/kernel/random/uuid >$target
            test:VQ:
            \tcat /var/run/ci/cache/stamp
            """)
        .commit();
    startDaemon();
    String stamp = run().stdout();
    for (int runs = 1; runs <= 2; runs++) {
      awaitReady();
      repository.write("tree", "tree " + runs).commit();
      assertThat(run().stdout()).isEqualTo(stamp);
      assertThat(status().path("ready").path("taken").asInt()).isEqualTo(runs);
    }
    long above = awaitReady().path("pid").longValue();

    peer.here().run(repository, "cache", "drop").hasExitCode(0);

    String fresh = run().stdout();
    assertThat(fresh).isNotEqualTo(stamp);
    assertThat(status().path("ready").path("taken").asInt()).isEqualTo(2);
    assertThat(awaitReady().path("pid").longValue()).isNotEqualTo(above);
    assertThat(run().stdout()).isEqualTo(fresh);
    assertThat(status().path("ready").path("taken").asInt()).isEqualTo(3);
  }

  @Test
  void oneForRunsWithoutANetworkGetsNone() throws Exception {
    peer = peer.with("PEER_PREPARE_NETWORK", "none");
    startDaemon();
    run();
    awaitReady();

    Run run = run();

    assertThat(status().path("ready").path("taken").asInt()).isEqualTo(1);
    assertThat(prepared(run).carrier()).isEqualTo("0");
  }

  @Test
  void oneThatARunCannotTakeIsNoLossAndNoneOutlivesAKilledDaemon() throws Exception {
    Run daemon = startDaemon();
    run();
    ProcessHandle.of(awaitReady().path("pid").longValue()).orElseThrow().destroyForcibly();

    Run run = run();
    assertThat(run.stderr())
        .contains("peer: the machine that was ready is of no use, starting another: ");
    awaitReady();

    noneWaitsAfterARunThatStartsFromNoTemplate();
    run();
    aRunOfAnotherShapeEndsTheOneThatWaits(awaitReady());

    daemon.signal("KILL").await();
    startDaemon();
    assertThat(team.machines()).isEmpty();
    assertThat(status().path("ready").has("waiting")).isFalse();
  }

  /** Runs that cannot take one would start it again and again. */
  private void noneWaitsAfterARunThatStartsFromNoTemplate() throws Exception {
    peer.run(repository, "run", "--exit", "--audit").hasExitCode(0);

    assertThat(team.machines()).isEmpty();
    assertThat(status().path("ready").path("taken").asInt()).isZero();
  }

  private void aRunOfAnotherShapeEndsTheOneThatWaits(JsonNode waiting) throws Exception {
    Run smaller =
        peer.with("PEER_MEMORY", "1G")
            .run(repository, "run", "--exit", "--timings", "--force")
            .hasExitCode(0);

    assertThat(smaller.stderr()).doesNotContain("peer: time: take ");
    assertThat(status().path("ready").path("taken").asInt()).isZero();
    JsonNode next = awaitReady();
    assertThat(next.path("pid").longValue()).isNotEqualTo(waiting.path("pid").longValue());
    assertThat(next.path("guestBytes").longValue()).isEqualTo(1L << 30);
  }

  @Test
  void noneWaitsUnlessItIsAskedFor() throws Exception {
    peer = peer.without("PEER_READY");
    startDaemon();
    run();
    assertThat(team.machines()).isEmpty();
    assertThat(status().has("ready")).isFalse();
    peer.with("PEER_READY", "yes").run(team.root(), "daemon").refuses(2, "PEER_READY");
  }

  private Run startDaemon() throws Exception {
    Run daemon = peer.start(team.root(), "daemon", "--jobs", "1");
    daemon.awaitLine("^peer: takes runs, (\\d+) at once$");
    return daemon;
  }

  private Run run() throws Exception {
    return peer.run(repository, "run", "--exit", "--timings", "--force").hasExitCode(0);
  }

  private JsonNode awaitReady() throws Exception {
    JsonNode waiting = status().path("ready").path("waiting");
    while (waiting.isMissingNode()) {
      Thread.sleep(200);
      waiting = status().path("ready").path("waiting");
    }
    return waiting;
  }

  private JsonNode status() throws Exception {
    return JSON.readTree(
        peer.here().run(team.root(), "daemon", "status", "--json").hasExitCode(0).stdout());
  }
}
