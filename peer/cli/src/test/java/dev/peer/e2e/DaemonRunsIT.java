package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs that a daemon does, in real machines. */
@Timeout(900)
class DaemonRunsIT {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String MKFILE =
      """
      prepare-runtime:VQ:
      \tprintf 'half done\\rwholly done\\r\\n'
      test:VQ:
      \tprintf 'first\\n'; sleep 1; printf "$COUNTED $TOKEN\\n" >&2; sleep 1; printf 'no end \\0\\377'
      /var/run/ci/artifacts/report:
      \techo report >$target
      fail:VQ:
      \techo bad; exit 7
      """;

  /** One that waits for the gate, and others. */
  private static final String HELD =
      """
      slow:VQ:
      \techo at it; echo here >&2
      \tWAIT
      \techo done
      a:VQ:
      \techo a
      b:VQ:
      \techo b
      c:VQ:
      \techo c
      d:VQ:
      \techo d
      """;

  private Team team;
  private Repository repository;
  private Gate gate;

  @BeforeEach
  void makeTeam() throws Exception {
    team = Team.create();
    gate = new Gate();
    repository = team.repository("daemon", MKFILE);
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    gate.close();
    team.close();
  }

  @Test
  void aRunByTheDaemonIsByteForByteAsOneWithout() throws Exception {
    Peer alone = variables(team.peer("alone"));
    Peer handing = variables(team.peer("handing"));
    startDaemon(handing.without("COUNTED").without("TOKEN"));

    for (String[] options :
        List.of(
            new String[] {"run", "--artifacts", "out"},
            new String[] {"run", "--json", "--timings", "--force"},
            new String[] {"run", "fail"})) {
      Run here = alone.run(repository, options);
      byte[] report = artifact();
      Run there = handing.run(repository, options);

      assertThat(there.exitCode()).isEqualTo(here.exitCode());
      assertThat(lasting(there.stderr())).isEqualTo(lasting(here.stderr()));
      if (List.of(options).contains("--json")) {
        assertThat(report(there)).isEqualTo(report(here));
      } else {
        assertThat(there.stdoutBytes()).isEqualTo(here.stdoutBytes());
      }
      assertThat(artifact()).isEqualTo(report);
    }
    assertThat(team.machines()).isEmpty();
    assertThat(handing.results()).isPositive();
    try (var files = Files.walk(handing.home().resolve("daemon"))) {
      assertThat(files.filter(Files::isRegularFile))
          .noneMatch(file -> contains(file, "the secret value"));
    }
  }

  private static Peer variables(Peer peer) {
    return peer.with("PEER_ENV", "COUNTED")
        .with("COUNTED", "it counts")
        .with("PEER_SECRETS", "TOKEN")
        .with("TOKEN", "the secret value");
  }

  /** What was copied last, which is taken away. */
  private byte[] artifact() throws Exception {
    Path file = repository.directory().resolve("out/report");
    byte[] content = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
    Files.deleteIfExists(file);
    return content;
  }

  private static boolean contains(Path file, String text) {
    try {
      return Files.readString(file).contains(text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String lasting(String text) {
    return text.replaceAll(" +\\d+[.]\\d+ s", " TIME");
  }

  /** What a run came to, but for what differs each time. */
  private static JsonNode report(Run run) throws Exception {
    ObjectNode report = (ObjectNode) JSON.readTree(run.stdout());
    List<String> stages = new ArrayList<>();
    report.path("stages").forEach(stage -> stages.add(stage.path("name").textValue()));
    report.remove(List.of("trace", "signer", "attestation", "bundle", "milliseconds", "stages"));
    report.put("steps", stages.toString());
    return report;
  }

  @Test
  void whoIsInterruptedOrKilledEndsItsOwnRunAlone() throws Exception {
    repository = gate.leadingTo(team.repository("held", HELD.replace("WAIT", gate.recipe())));
    Peer peer = gate.reachedBy(team.peer("laptop"));
    startDaemon(peer);
    Run slow = peer.start(repository, "run", "slow");
    slow.awaitLine("^(here)$");
    Run waiting = peer.start(repository, "run", "a");
    waiting.awaitLine("^peer: waiting for a machine of the daemon: (place 1) in its queue$");
    Run killed = peer.start(repository, "run", "b");
    killed.awaitLine("^peer: waiting for a machine of the daemon: (place 2) in its queue$");
    Run last = peer.start(repository, "run", "c");
    last.awaitLine("^peer: waiting for a machine of the daemon: (place 3) in its queue$");

    killed.signal("KILL").await();
    last.awaitLine("^peer: waiting for a machine of the daemon: (place 2) in its queue$");
    slow.signal("INT").await().hasExitCode(130);

    assertThat(slow.stderr()).contains("peer: error: interrupted before there was a result");
    assertThat(slow.stdout()).isEqualTo("at it\n");
    assertThat(waiting.await().hasExitCode(0).stdout()).isEqualTo("a\n");
    assertThat(last.await().hasExitCode(0).stdout()).isEqualTo("c\n");
    List<String> ends = new ArrayList<>();
    runs(peer).forEach(run -> ends.add(run.path("target").asText() + run.path("how").asText()));
    assertThat(ends).containsExactlyInAnyOrder("slowcancelled", "apassed", "bcancelled", "cpassed");
    assertThat(team.machines()).isEmpty();
  }

  @Test
  void afterAKillTheQueueRunsAndSoDoesWhatWasCutOff() throws Exception {
    repository = gate.leadingTo(team.repository("held", HELD.replace("WAIT", gate.recipe())));
    Peer peer = gate.reachedBy(team.peer("laptop"));
    Run daemon = startDaemon(peer);
    List<Run> waiting = new ArrayList<>();
    waiting.add(peer.start(repository, "run", "slow"));
    waiting.getFirst().awaitLine("^(here)$");
    for (String target : List.of("a", "b", "c", "d")) {
      Run run = peer.start(repository, "run", target);
      run.awaitLine("^peer: waiting for a machine of the daemon: (place \\d)");
      waiting.add(run);
    }

    daemon.signal("KILL").await();

    for (Run run : waiting) {
      assertThat(run.await().hasExitCode(4).stderr())
          .contains("peer: error: the daemon ended before the run did\npeer: hint: ");
    }
    team.awaitNoMachine();
    gate.open();
    JsonNode left =
        JSON.readTree(
            peer.here().run(repository, "daemon", "status", "--json").hasExitCode(3).stdout());
    assertThat(left.path("runs")).hasSize(5);
    Run next = startDaemon(peer);
    next.awaitLine("^peer: (run 1 .*) was cut off when the daemon ended, and runs again$");
    for (int i = 1; i <= 5; i++) {
      next.awaitLine("^peer: run " + i + " \\(request pid .*\\): (passed)$");
    }
    assertThat(runs(peer)).hasSize(5);
    assertThat(peer.run(repository, "run", "slow").hasExitCode(0).stdout())
        .isEqualTo("at it\ndone\n");
    assertThat(team.machines()).isEmpty();
  }

  private JsonNode runs(Peer peer) throws Exception {
    return JSON.readTree(
            peer.here().run(repository, "daemon", "status", "--json").hasExitCode(0).stdout())
        .path("runs");
  }

  private Run startDaemon(Peer peer) throws Exception {
    Run daemon = peer.start(team.root(), "daemon", "--jobs", "1");
    daemon.awaitLine("^peer: takes runs, (1) at once$");
    return daemon;
  }
}
