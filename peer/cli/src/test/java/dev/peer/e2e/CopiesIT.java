package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.peer.core.id.CommitId;
import dev.peer.core.id.RepoId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Copies that a daemon keeps, so that whoever ran the tests may go. */
@Timeout(900)
class CopiesIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String REPO = "example.org/replayed";

  private Team team;
  private Peer laptop;
  private Peer daemon;
  private Repository repository;

  @BeforeEach
  void makeResult() throws Exception {
    team = Team.create();
    team.startRendezvous();
    laptop = team.peer("laptop").withoutQemu();
    daemon = team.peer("daemon").withoutQemu();
    repository = SignedResult.of(team, laptop, "what the tests wrote\n", "").repository();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  @Test
  void theLaptopLeavesAsSoonAsADaemonHasACopyThatOthersReplay() throws Exception {
    startDaemon("--mirror", REPO);

    Run run = laptop.run(repository, "run", "--exit", "--copies", "1", "--json").hasExitCode(0);

    assertThat(run.stderr()).contains("peer: leaving: 1 other peers hold the result");
    JsonNode copies = JSON.readTree(run.stdout()).path("copies");
    assertThat(copies.path("wanted").intValue()).isEqualTo(1);
    assertThat(copies.path("held").intValue()).isEqualTo(1);
    assertReplaysFromTheDaemon("ci");
  }

  @Test
  void aDaemonCopiesPreparedRuntimesIfItIsToldTo() throws Exception {
    CommitId commit = new CommitId(repository.git("rev-parse", "HEAD").strip());
    SignedRuntime.keep(team, laptop, new RepoId(REPO), commit);
    start(laptop.here());

    Run mirroring = startDaemon("--mirror", REPO, "--runtimes");

    mirroring.awaitLine("^peer: (the runtime is here after) ");
    assertThat(mirroring.stderr())
        .contains("mirroring " + REPO + " and its runtimes")
        .contains(
            "copying the runtime of " + REPO + " that CN=laptop prepared at " + commit + " (");
    assertThat(daemon.here().run(team.root(), "cache", "ls").hasExitCode(0).stdout())
        .contains("trunk: prepared at " + commit, "served as a runtime of ");
    assertThat(daemon.here().run(team.root(), "daemon", "status").hasExitCode(0).stdout())
        .contains("mirroring " + REPO + " and its runtimes");
  }

  @Test
  void theLaptopSaysThatNobodyHasACopyWhenItsTimeIsOver() throws Exception {
    Run run =
        laptop
            .here()
            .run(repository, "run", "--exit", "--copies", "2", "--copies-wait", "1s", "--json")
            .hasExitCode(0);

    assertThat(run.stderr())
        .contains("peer: leaving, although only 0 of 2 other peers hold the result");
    JsonNode report = JSON.readTree(run.stdout());
    assertThat(report.path("outcome").textValue()).isEqualTo("passed");
    assertThat(report.at("/copies/wanted").intValue()).isEqualTo(2);
    assertThat(report.at("/copies/held").intValue()).isZero();
  }

  @Test
  void aResultIsHandedOverAtOnce() throws Exception {
    Run serving = startDaemon("--mirror", REPO);

    Run push = laptop.run(repository, "push", address(serving)).hasExitCode(0);

    assertThat(push.stderr()).contains("peer: CN=daemon has verified and keeps the result ");
    serving.awaitLine("^peer: took [0-9a-f]{12} of example.org/replayed from (CN=laptop), ");
    assertReplaysFromTheDaemon("ci");
    assertThat(laptop.here().run(repository, "push", address(serving)).hasExitCode(0).stderr())
        .contains("CN=daemon held a result of this run before");
    String key = laptop.onlyResult().getParent().getFileName().toString();
    laptop.here().run(team.root(), "push", address(serving), key.substring(0, 4)).hasExitCode(0);
    laptop.here().run(repository, "push", "127.0.0.1:1").refuses(4, "could not be handed over");
  }

  @Test
  void aDaemonTakesOnlyWhatItMirrorsFromWhomItAdmits() throws Exception {
    laptop = laptop.here();
    String other = address(start(daemon.here(), "--mirror", "example.org/other"));
    laptop.run(repository, "push", other).refuses(5, "no copies of example.org/replayed are kept");

    Peer strict = team.peer("strict").withoutQemu().with("PEER_ALLOW_ANNOUNCE", "cn:ci");
    String closed = address(start(strict.here(), "--mirror", REPO));
    laptop.run(repository, "push", closed).refuses(5, "CN=laptop may not announce");

    Peer careful = team.peer("careful").withoutQemu().with("PEER_ALLOW_SIGN", "cn:ci");
    String suspicious = address(start(careful.here(), "--mirror", REPO));
    laptop.run(repository, "push", suspicious).refuses(5, "CN=laptop may not sign");

    String serving = address(start(team.peer("serving").here()));
    laptop.run(repository, "push", serving).refuses(5, "does not take the result");
    assertThat(daemon.results() + strict.results() + careful.results()).isZero();
  }

  @Test
  void aDaemonThatWasKilledServesAgainWhatItKept() throws Exception {
    Run first = startDaemon("--mirror", REPO);
    laptop.here().run(repository, "push", address(first)).hasExitCode(0);
    first.signal("KILL").await();

    Run second = startDaemon("--mirror", REPO);

    second.awaitLine("^peer: (daemon CN=daemon at )");
    assertReplaysFromTheDaemon("ci", "--wait", "5m");
  }

  @Test
  void aDaemonThatEndsIsNamedNoMore() throws Exception {
    Run serving = startDaemon("--mirror", REPO);
    laptop.here().run(repository, "push", address(serving)).hasExitCode(0);

    serving.signal("TERM").await().hasExitCode(0);

    team.peer("ci").here().run(repository, "replay").refuses(3, "no reachable peer");
  }

  @Test
  void whatHadToGoIsToldWithTheReason() throws Exception {
    Run first = startDaemon("--mirror", REPO);
    laptop.here().run(repository, "push", address(first)).hasExitCode(0);
    first.signal("TERM").await().hasExitCode(0);
    assertThat(daemon.here().run(repository, "ls", "--gone").hasExitCode(0).stdout()).isEmpty();

    start(daemon.with("PEER_KEEP_FOR", "1s"), "--mirror", REPO)
        .awaitLine("^peer: removed the result [0-9a-f]{64}: (its time was over)$");

    assertThat(daemon.results()).isZero();
    assertThat(daemon.here().run(repository, "ls", "--gone").hasExitCode(0).stdout())
        .containsPattern("^[0-9a-f]{12}  removed \\d+ s ago, .*: its time was over");
    JsonNode gone =
        JSON.readTree(daemon.here().run(repository, "ls", "--gone", "--json").stdout())
            .at("/gone/0");
    assertThat(gone.path("why").textValue()).isEqualTo("age");
    assertThat(gone.path("repository").textValue()).isEqualTo(REPO);
  }

  @Test
  void oneDaemonKeepsAHome() throws Exception {
    startDaemon();

    daemon.run(team.root(), "daemon").refuses(4, "another daemon keeps the results in");
    daemon.run(team.root(), "daemon", "--mirror", "a b").refuses(2, "not a repository id");
  }

  private Run startDaemon(String... arguments) throws Exception {
    return start(daemon, arguments);
  }

  private Run start(Peer peer, String... arguments) throws Exception {
    String[] whole = new String[arguments.length + 1];
    whole[0] = "daemon";
    System.arraycopy(arguments, 0, whole, 1, arguments.length);
    Run run = peer.start(team.root(), whole);
    address(run);
    return run;
  }

  private static String address(Run daemon) throws InterruptedException {
    return daemon.awaitLine("^peer: daemon CN=\\S+ at https://(\\S+)$");
  }

  private void assertReplaysFromTheDaemon(String name, String... options) throws Exception {
    String[] command = new String[options.length + 1];
    command[0] = "replay";
    System.arraycopy(options, 0, command, 1, options.length);
    Run replay = team.peer(name).here().run(repository, command).hasExitCode(0);
    assertThat(replay.stdout()).isEqualTo("what the tests wrote\n");
    assertThat(replay.stderr()).contains("CN=laptop ran it").contains(", got from CN=daemon");
  }
}
