package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A daemon and the commands that hand over to it, where nothing needs a machine. */
@Timeout(900)
class DaemonIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String OUTPUT = "what the tests wrote\n\0no end";
  private static final String BY_ITSELF = "peer: run here and not by the daemon: ";

  private Team team;
  private Peer laptop;
  private Repository repository;

  @BeforeEach
  void makeResult() throws Exception {
    team = Team.create();
    laptop = team.peer("laptop").withoutQemu();
    repository = SignedResult.of(team, laptop, OUTPUT, "complaint").repository();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  @Test
  void isStartedAskedAndStopped() throws Exception {
    Peer peer = laptop.with("PATH", System.getenv("PATH"));
    assertThat(peer.run(team.root(), "daemon", "status").hasExitCode(3).stdout())
        .isEqualTo("no daemon runs for " + laptop.home() + "\n");
    assertThat(peer.run(team.root(), "daemon", "stop").hasExitCode(0).stderr())
        .isEqualTo("peer: no daemon runs for " + laptop.home() + "\n");

    Run started = peer.run(team.root(), "daemon", "start", "--jobs", "3").hasExitCode(0);
    try {
      String pid = started.awaitLine("^peer: the daemon runs: process (\\d+), log ");
      JsonNode status =
          JSON.readTree(
              peer.run(team.root(), "daemon", "status", "--json").hasExitCode(0).stdout());
      assertThat(status.path("running").booleanValue()).isTrue();
      assertThat(status.path("pid").asText()).isEqualTo(pid);
      assertThat(status.path("jobs").intValue()).isEqualTo(3);
      peer.run(repository, "run").hasExitCode(0);
      assertThat(peer.run(team.root(), "daemon", "status").hasExitCode(0).stdout())
          .contains("daemon: process " + pid + ", since ", "CN=laptop, serves nobody")
          .containsPattern("run 1  passed  test in \\S+replayed at [0-9a-f]{12}  request pid \\d+");
      peer.run(team.root(), "daemon", "start").refuses(4, "a daemon already runs for \\S+");
      peer.run(team.root(), "daemon").refuses(4, "another daemon keeps the results");
    } finally {
      peer.run(team.root(), "daemon", "stop").hasExitCode(0);
    }
    assertThat(team.processes()).isEmpty();
    assertThat(laptop.home().resolve("daemon/log")).content().contains("run 1 (request pid");
    assertThat(peer.run(team.root(), "daemon", "status").hasExitCode(3).stdout())
        .contains("no daemon runs", "run 1  passed");
  }

  /** A runner ends what carries the mark of its job, wherever that is. */
  @Test
  void outlivesTheJobThatStartedItAndCarriesNothingOfIt() throws Exception {
    Map<String, String> marks =
        Map.of(
            "RUNNER_TRACKING_ID", "github_" + team.root(),
            "BUILD_ID", "build_" + team.root(),
            "JENKINS_NODE_COOKIE", "cookie_" + team.root(),
            "CI_JOB_TOKEN", "token_" + team.root());
    Peer job = laptop.with("PATH", System.getenv("PATH"));
    for (Map.Entry<String, String> mark : marks.entrySet()) {
      job = job.with(mark.getKey(), mark.getValue());
    }
    Run started = job.run(team.root(), "daemon", "start").hasExitCode(0);
    try {
      String pid = started.awaitLine("^peer: the daemon runs: process (\\d+), log ");
      for (long each : Team.processesWith(marks.values())) {
        ProcessHandle.of(each).ifPresent(ProcessHandle::destroyForcibly);
      }

      assertThat(Team.environmentOf(Long.parseLong(pid)))
          .contains("PEER_HOME=" + laptop.home())
          .noneMatch(variable -> marks.keySet().contains(variable.replaceFirst("=.*", "")));
      laptop.run(repository, "run").hasExitCode(0);
      assertThat(laptop.run(team.root(), "daemon", "status").hasExitCode(0).stdout())
          .contains("daemon: process " + pid + ", ", "run 1  passed");
    } finally {
      job.run(team.root(), "daemon", "stop").hasExitCode(0);
    }
  }

  @Test
  void whatKeepsItFromStartingIsSaid() throws Exception {
    Peer peer = laptop.with("PATH", System.getenv("PATH"));
    peer.with("PEER_CA", team.root().resolve("none.pem"))
        .run(team.root(), "daemon", "start")
        .refuses(2, "PEER_CA");
    peer.run(team.root(), "daemon", "start", "--jobs", "0").refuses(2, "a number from 1 to 64");
    peer.run(team.root(), "daemon", "--mirror", "x").refuses(2, "--mirror needs PEER_RENDEZVOUS");
    Path directory = Files.createDirectories(laptop.home().resolve("daemon"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    peer.run(team.root(), "daemon", "start").refuses(4, "or open to others");
    peer.run(team.root(), "daemon").refuses(4, "or open to others");
    Files.writeString(directory.resolve("daemon.json"), "{}");
    assertRunsByItself(peer, "\\S+ is another user's, or open to others");
  }

  @Test
  void aReplayByTheDaemonIsShownAsOneWithout() throws Exception {
    laptop = laptop.with("PATH", System.getenv("PATH"));
    startDaemon();
    for (String[] options :
        List.of(
            new String[] {"run", "--timings"},
            new String[] {"run", "--json"},
            new String[] {"run", "--log", "json"},
            new String[] {"run", "--artifacts", "out"},
            new String[] {"run", "--artifacts", "mkfile"},
            new String[] {"run", "--copies", "1"},
            new String[] {"run", "no-such-target"},
            new String[] {"run", "--rev", "none"})) {
      Run handed = laptop.run(repository, options);
      String[] itself = new String[options.length + 1];
      System.arraycopy(options, 0, itself, 0, options.length);
      itself[options.length] = "--no-daemon";
      Run alone = laptop.here().run(repository, itself);

      assertThat(handed.exitCode()).isEqualTo(alone.exitCode());
      assertThat(lasting(handed.stdout())).isEqualTo(lasting(alone.stdout()));
      assertThat(lasting(handed.stderr())).isEqualTo(lasting(alone.stderr()));
    }
    String runs = laptop.run(team.root(), "daemon", "status", "--json").hasExitCode(0).stdout();
    assertThat(JSON.readTree(runs).path("runs")).hasSize(7);
  }

  /** Without times and what is made anew each time. */
  private static String lasting(String text) {
    return text.replaceAll("\\d+[.]\\d+ s|\\d+ (s|min) ago", "TIME")
        .replaceAll("\"[a-zA-Z]*[mM]illiseconds\":\\d+", "TIME")
        .replaceAll("\"(trace|time)\":\"[^\"]*\"", "NEW");
  }

  @Test
  void theResultIsServedByTheDaemonWhenTheCommandHasLeft() throws Exception {
    team.startRendezvous();
    laptop = laptop.with("PEER_RENDEZVOUS", team.rendezvous());
    startDaemon();

    Run run = laptop.run(repository, "run").hasExitCode(0);

    assertThat(run.stderr()).contains("peer: published: ", "peer: the daemon serves the result\n");
    Peer ci = team.peer("ci").here();
    assertThat(ci.run(repository, "replay").hasExitCode(0).stdout()).isEqualTo(OUTPUT);
  }

  @Test
  void aCommandThatIsNotTheSameRunsByItself() throws Exception {
    Run daemon = startDaemon();
    assertRunsByItself(
        laptop.with("PEER_ALLOW_SIGN", "cn:laptop"), "the daemon has another PEER_ALLOW_SIGN");
    Path copy = Files.copy(Path.of(laptop.environment().get("PEER_CA")), team.root().resolve("c"));
    assertRunsByItself(laptop.with("PEER_CA", copy), "the daemon has another PEER_CA");
    assertRunsByItself(
        laptop.with("PEER_RENDEZVOUS", "https://127.0.0.1:1"),
        "the daemon has another PEER_RENDEZVOUS");
    Path file = laptop.home().resolve("daemon/daemon.json");
    String found = Files.readString(file);
    Files.writeString(file, found.replaceFirst("\"version\":\"[^\"]*\"", "\"version\":\"0.1\""));
    assertRunsByItself(laptop, "it is of version 0.1, and this is ");
    Files.writeString(file, found.replaceFirst("\"socket\":\"[^\"]*\"", "\"socket\":\"/none\""));
    assertRunsByItself(laptop, "");
    Files.writeString(file, "{");
    assertRunsByItself(laptop, "\\S+daemon.json is not what a daemon writes");
    Files.writeString(file, found);

    daemon.signal("KILL").await();
    Run left = laptop.run(repository, "run").hasExitCode(0);
    assertThat(left.stderr()).doesNotContain(BY_ITSELF);
    assertThat(left.stdout()).isEqualTo(OUTPUT);
    laptop.run(team.root(), "daemon", "status").hasExitCode(3);
    startDaemon();
    assertThat(laptop.run(repository, "run").hasExitCode(0).stderr()).doesNotContain(BY_ITSELF);
  }

  private void assertRunsByItself(Peer peer, String why) throws Exception {
    Run run = peer.run(repository, "run", "--exit").hasExitCode(0);
    assertThat(run.stderr()).containsPattern("(?m)^" + BY_ITSELF + why);
    assertThat(run.stdout()).isEqualTo(OUTPUT);
  }

  private Run startDaemon() throws Exception {
    Run daemon = laptop.start(team.root(), "daemon");
    daemon.awaitLine("^peer: takes runs, (\\d+) at once$");
    return daemon;
  }
}
