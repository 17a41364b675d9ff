package dev.peer.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What can be seen and done with runs that are kept, through the installed command. */
@Timeout(900)
class KeptRunsIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MKFILE =
      """
      test:VQ:
      	echo to stdout
      	sleep 0.5
      	echo to stderr >&2
      	sleep 0.5
      	printf 'no end'
      broken:VQ:
      	sleep 5
      	echo before it breaks
      	echo what is wrong >&2
      	exit 7
      /var/run/ci/artifacts/report.txt:Q:
      	echo the report >$target
      """;

  private Team team;
  private Peer peer;
  private Repository repository;

  @BeforeEach
  void make() throws Exception {
    team = Team.create();
    peer = team.peer("peer");
    repository = team.repository("kept", MKFILE);
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.awaitNoMachine();
    team.close();
  }

  @Test
  void showsLogsAndMovesAResult() throws Exception {
    Run run = peer.run(repository, "run", "--exit").hasExitCode(0);
    Path out = team.root().resolve("out");
    Path file = team.root().resolve("result.tar");

    Run log = peer.here().run(repository, "log").hasExitCode(0);
    assertThat(log.stdout()).isEqualTo(run.stdout()).isEqualTo("to stdout\nno end");
    assertThat(log.stderr()).isEqualTo("to stderr\n");
    assertThat(peer.here().run(repository, "log", "--stderr").hasExitCode(0).stdout()).isEmpty();
    assertThat(peer.here().run(repository, "log", "--label").hasExitCode(0).stdout())
        .isEqualTo("out| to stdout\nerr| to stderr\nout| no end\n");
    String[] cast =
        peer.here().run(repository, "log", "--cast").hasExitCode(0).stdout().split("\n");
    assertThat(JSON.readTree(cast[0]).get("version").asInt()).isEqualTo(2);
    assertThat(JSON.readTree(cast[2]).get(0).asDouble())
        .isGreaterThanOrEqualTo(JSON.readTree(cast[1]).get(0).asDouble());
    assertThat(JSON.readTree(cast[2]).get(2).asText()).isEqualTo("to stderr\r\n");

    JsonNode shown = JSON.readTree(peer.here().run(repository, "show", "--json").stdout());
    String key = shown.get("runKey").asText();
    assertThat(shown.at("/artifacts/0/path").asText()).isEqualTo("report.txt");
    assertThat(peer.here().run(repository, "show", key.substring(0, 8)).hasExitCode(0).stdout())
        .contains(key, "report.txt, 11 bytes");
    peer.run(repository, "artifacts", "--to", out.toString()).hasExitCode(0);
    assertThat(out.resolve("report.txt")).hasContent("the report");

    peer.here().run(repository, "export", "--to", file.toString()).hasExitCode(0);
    Peer other = team.peer("other");
    Run imported = other.here().run(team.root(), "import", file.toString()).hasExitCode(0);
    assertThat(imported.stdout()).isEqualTo(key + "\n");
    assertThat(other.run(repository, "replay").hasExitCode(0).stdout()).isEqualTo(run.stdout());

    refusesWhatIsNoExport(file);
  }

  private void refusesWhatIsNoExport(Path file) throws Exception {
    byte[] whole = Files.readAllBytes(file);
    Peer third = team.peer("third");
    Path bad = team.root().resolve("bad.tar");
    Files.write(bad, Arrays.copyOf(whole, whole.length / 2));
    third
        .here()
        .run(team.root(), "import", bad.toString())
        .refuses(2, "no result that can be taken in");
    Files.write(bad, "not a tar".getBytes(UTF_8));
    third
        .here()
        .run(team.root(), "import", bad.toString())
        .refuses(2, "no result that can be taken in");
    byte[] changed = whole.clone();
    changed[whole.length - 4096] ^= 1;
    Files.write(bad, changed);
    assertThat(third.here().run(team.root(), "import", bad.toString()).exitCode()).isIn(2, 5);
    Files.write(bad, whole);
    Files.write(bad, whole, StandardOpenOption.APPEND);
    assertThat(third.here().run(team.root(), "import", "nothing.tar").exitCode()).isEqualTo(2);
    third.here().run(repository, "log").refuses(3, "no run of this repository is kept here");
    third.here().run(repository, "export", "--to", bad.toString()).refuses(3, "no result");
  }

  @Test
  void keepsTheLastFailureToBeLookedAtAndGivesItToNobody() throws Exception {
    Run running = peer.start(repository, "run", "--exit", "broken");
    running.awaitLine("^peer: (stage: prepare)");
    String machine = String.valueOf(team.machine());
    team.tool("kill", "-STOP", machine).hasExitCode(0);
    Run following = peer.start(repository, "log", "--follow");
    awaitOpen(following, "timing");
    team.tool("kill", "-CONT", machine).hasExitCode(0);
    running.await().hasExitCode(1);

    following.await().hasExitCode(1);
    assertThat(following.stdout()).isEqualTo("before it breaks\n");
    assertThat(following.stderr())
        .contains("what is wrong\n", "peer: failed: the stage test ended with ");

    Run log = peer.here().run(repository, "log").hasExitCode(0);
    assertThat(log.stdout()).isEqualTo("before it breaks\n");
    assertThat(log.stderr()).contains("what is wrong\n", "peer: stage: prepare\n");
    JsonNode shown =
        JSON.readTree(peer.here().run(repository, "show", "--failed", "--json").stdout());
    assertThat(shown.get("outcome").asText()).isEqualTo("failed");
    assertThat(shown.get("stage").asText()).isEqualTo("test");
    assertThat(shown.get("target").asText()).isEqualTo("broken");

    peer.run(repository, "replay", "broken").refuses(3, "no reachable peer holds");
    peer.here().run(repository, "export").refuses(3, "no result of this repository is kept here");
    peer.run(repository, "artifacts").refuses(3, "no result of this repository is kept here");
    Run none = peer.here().run(repository, "log", "--follow").hasExitCode(0);
    assertThat(none.stderr()).contains("no run of this repository is in progress here");
  }

  /** Waits until a command has a file of this name open. */
  private static void awaitOpen(Run command, String name) throws Exception {
    Path open = Path.of("/proc", String.valueOf(command.pid()), "fd");
    while (command.alive()) {
      try (Stream<Path> files = Files.list(open)) {
        for (Path file : files.toList()) {
          if (Files.isSymbolicLink(file) && Files.readSymbolicLink(file).endsWith(name)) {
            return;
          }
        }
      } catch (NoSuchFileException e) {
        // It was closed meanwhile.
        continue;
      }
      Thread.sleep(20);
    }
  }
}
