package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Everything but running tests, by the portable archive where nothing of Linux alone is there. */
@Timeout(900)
class PortableIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String REPO = "example.org/replayed";
  private static final String OUTPUT = "what the tests wrote\n";
  private static final String LACK = "tests run on Linux alone, and this is ";

  private Team team;
  private PortableDist portable;
  private Peer signer;
  private Repository repository;

  @BeforeEach
  void makeResult() throws Exception {
    team = Team.create();
    portable = PortableDist.in(team.root());
    team.startRendezvous(team.peer("rendezvous"));
    signer = peer("signer");
    repository = SignedResult.repository(team, "replayed").commit();
    SignedResult.sign(
        team,
        signer,
        repository,
        SignedResult.output(OUTPUT, "complaint\n"),
        Map.of("deep/report", "report\n"));
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  @Test
  void runsWhatItFindsAndServesItToOthersWhoReplay() throws Exception {
    team.startRendezvous(peer("meeting"));
    signer = signer.with("PEER_RENDEZVOUS", team.rendezvous());
    Run serving = serve(portable.onJdk(signer));
    Peer laptop = portable.onJdk(team.peer("laptop"));
    Path artifacts = team.root().resolve("artifacts");

    Run replay =
        laptop
            .run(repository, "replay", "--artifacts", artifacts.toString(), "--timings")
            .hasExitCode(0);
    serving.signal("INT").await().hasExitCode(0);
    Run again = laptop.run(repository, "run", "--exit").hasExitCode(0);

    assertThat(replay.stdout()).isEqualTo(OUTPUT);
    assertThat(replay.testStderr()).isEqualTo("complaint");
    assertThat(replay.stderr())
        .contains("CN=signer ran it", "got from CN=signer")
        .containsPattern("peer: time: start +(?!0[.]000)\\d");
    assertThat(artifacts.resolve("deep/report")).hasContent("report");
    assertThat(again.stdout()).isEqualTo(OUTPUT);
  }

  @Test
  void aRunThatNobodyHasIsRefusedWithWhatItNeeds() throws Exception {
    repository.write("more", "more").commit();
    Peer laptop = peer("laptop");

    Run run = laptop.run(repository, "run", "--exit");

    run.refuses(4, LACK).awaitLine("^peer: hint: run them on a Linux machine that has QEMU");
    assertThat(run.stderr()).doesNotContain("asking the peers");
    laptop.run(repository, "replay").refuses(3, "no reachable peer holds a result");
    laptop.run(repository, "try").refuses(4, LACK);
    laptop.run(repository, "image", "build").refuses(4, "a guest image is built where tests run");
  }

  @Test
  void showsAndChecksAResultAndTakesItAway() throws Exception {
    String key = signer.onlyResult().getParent().getFileName().toString();
    Path file = team.root().resolve("result.tar");
    Path page = team.root().resolve("result.html");

    assertThat(signer.run(repository, "explain").hasExitCode(0).stdout()).contains(key);
    assertThat(signer.run(repository, "ls").hasExitCode(0).stdout()).contains("CN=signer");
    assertThat(signer.run(repository, "show").hasExitCode(0).stdout()).contains("CN=signer");
    assertThat(signer.run(repository, "log").hasExitCode(0).stdout()).isEqualTo(OUTPUT);
    assertThat(signer.run(repository, "artifacts").hasExitCode(0).stdout()).contains("deep/report");
    signer.run(repository, "show", "--html", page.toString()).hasExitCode(0);
    assertThat(Files.readString(page)).startsWith("<!DOCTYPE html>").contains("what the tests");
    signer.run(repository, "export", "--to", file.toString()).hasExitCode(0);

    Peer other = peer("other");
    other.run(team.root(), "import", file.toString()).hasExitCode(0);
    assertThat(other.run(team.root(), "verify", key).hasExitCode(0).stdout()).contains("CN=signer");
    assertThat(other.run(repository, "replay").hasExitCode(0).stdout()).isEqualTo(OUTPUT);
    Path bundle = other.onlyResult().resolve("bundle.tar.zst");
    byte[] bytes = Files.readAllBytes(bundle);
    bytes[bytes.length / 2] ^= 1;
    Files.write(bundle, bytes);
    other.run(team.root(), "verify", key).hasExitCode(5);
  }

  @Test
  void aDaemonInTheBackgroundMirrorsAndAnswers() throws Exception {
    serve(signer);
    Peer keeper = peer("keeper");

    keeper.run(team.root(), "daemon", "start", "--mirror", REPO).hasExitCode(0);
    try {
      while (keeper.results() == 0) {
        Thread.sleep(50);
      }
      JsonNode status =
          JSON.readTree(
              keeper.run(team.root(), "daemon", "status", "--json").hasExitCode(0).stdout());
      assertThat(status.path("mirrors").path(0).asText()).isEqualTo(REPO);
      assertThat(keeper.run(repository, "run").hasExitCode(0).stdout()).isEqualTo(OUTPUT);
      repository.write("more", "more").commit();
      Run refused = keeper.run(repository, "run").hasExitCode(4);
      assertThat(refused.stderr()).contains("peer: error: " + LACK);

      // As a terminal's keys and its end do, in the group that the daemon was started from.
      long pid = status.path("pid").longValue();
      team.tool("kill", "-s", "HUP", Long.toString(pid)).hasExitCode(0);
      team.tool("kill", "-s", "INT", Long.toString(pid)).hasExitCode(0);
      keeper.run(team.root(), "daemon", "status").hasExitCode(0);
    } finally {
      keeper.run(team.root(), "daemon", "stop").hasExitCode(0);
    }
    keeper.run(team.root(), "daemon", "status").hasExitCode(3);
  }

  @Test
  void aDaemonsDirectoryThatOthersMayEnterIsRefused() throws Exception {
    Peer keeper = peer("keeper");
    Path directory = Files.createDirectories(keeper.home().resolve("daemon"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));

    keeper.run(team.root(), "daemon", "start").refuses(4, "or open to others");
  }

  @Test
  void aRelayLeadsToAPeerThatCannotBeReached() throws Exception {
    Run relay = peer("relay").start(team.root(), "relay", "--listen", "127.0.0.1:0");
    serve(
            signer
                .with("PEER_RELAY", relay.awaitLine("^peer: relay at (https://\\S+)$"))
                .with("PEER_LISTEN", "127.0.0.1:0")
                .with("PEER_ADVERTISE", "127.0.0.1:" + Team.freePort()))
        .awaitLine("^peer: others reach this peer through the relay (\\S+)");

    Run replay = peer("laptop").run(repository, "replay").hasExitCode(0);

    assertThat(replay.stdout()).isEqualTo(OUTPUT);
  }

  @Test
  void joiningSaysThatThisMachineOnlyReplays() throws Exception {
    Peer laptop = peer("laptop");
    Peer fresh =
        laptop
            .with("XDG_CONFIG_HOME", team.root().resolve("config"))
            .without("PEER_RENDEZVOUS")
            .without("PEER_CA")
            .without("PEER_CERT")
            .without("PEER_KEY");

    Run join =
        fresh.run(
            repository,
            "join",
            team.rendezvous(),
            "--ca",
            laptop.environment().get("PEER_CA"),
            "--cert",
            laptop.environment().get("PEER_CERT"),
            "--key",
            laptop.environment().get("PEER_KEY"));

    assertThat(join.hasExitCode(0).stdout())
        .containsPattern("(?m)^warning +qemu +" + LACK + ".*: this machine only replays$")
        .containsPattern("(?m)^ok +certificate +CN=laptop")
        .containsPattern("(?m)^ok +reach ");
    Run request = fresh.run(repository, "join", team.rendezvous(), "--csr");
    assertThat(request.stderr()).contains("request.pem");
    serve(signer);
    assertThat(fresh.run(repository, "replay").hasExitCode(0).stdout()).isEqualTo(OUTPUT);
  }

  @Test
  void tellsAFullFileFromAReaderThatHasSeenEnough() throws Exception {
    assertThat(signer.shell(repository, "peer log >/dev/full").hasExitCode(4).stderr())
        .contains("peer: error: stdout cannot be written: No space left on device");
    signer.shell(repository, "peer log >&-").hasExitCode(0);
    Run piped = signer.shell(repository, "{ peer log; echo exit $? >&2; } | true");
    assertThat(piped.hasExitCode(0).stderr()).contains("exit 0");
  }

  private Peer peer(String name) throws Exception {
    return portable.of(team.peer(name));
  }

  private Run serve(Peer peer) throws Exception {
    Run run = peer.start(repository, "run");
    run.awaitLine("^peer: serving the result");
    return run;
  }
}
