package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.daemon.socket.DaemonFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A home that the installed command of 0.5.0 wrote: what it kept is here after an upgrade.
 *
 * <p>{@code golden/0.5.0/home.tar.gz} has {@code home} as {@code peer run}, {@code peer run broken}
 * and a daemon left it, without guest image and template; {@code project.bundle}, the repository;
 * and {@code ca.pem}, whose certificates are good for a hundred years.
 */
@Timeout(900)
class HomeOf050IT {

  private static final String OUTPUT = "golden of 0.5\n";
  private static final String COMPLAINT = "on stderr\n";

  private Team team;
  private Path project;
  private Peer upgraded;

  @BeforeEach
  void unpack() throws Exception {
    team = Team.create();
    Path golden =
        Dist.sources().resolve("core/src/test/resources/dev/peer/core/golden/0.5.0/home.tar.gz");
    team.tool("tar", "-xzf", golden.toString(), "-C", team.root().toString()).hasExitCode(0);
    project = team.root().resolve("project");
    team.tool("git", "clone", "-q", team.root() + "/project.bundle", project.toString())
        .hasExitCode(0);
    upgraded =
        team.peer("upgraded")
            .with("PEER_HOME", team.root().resolve("home"))
            .with(
                "PEER_CA",
                Files.readString(team.authority().certificate())
                    + Files.readString(team.root().resolve("ca.pem")));
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  @Test
  void showsAndVerifiesTheResultsThatItKept() throws Exception {
    assertThat(upgraded.run(project, "ls").hasExitCode(0).stdout())
        .containsPattern("^[0-9a-f]{12}  test of tree [0-9a-f]{12}, urn:peer:runner ran it ");
    Run log = upgraded.run(project, "log").hasExitCode(0);
    assertThat(log.stdout()).isEqualTo(OUTPUT);
    assertThat(log.stderr()).isEqualTo(COMPLAINT);
    assertThat(upgraded.run(project, "show").hasExitCode(0).stdout())
        .contains("started from not stated: evidence of peer 0.5, counts as any\n");
  }

  @Test
  void replaysThemWhereEveryOriginCounts() throws Exception {
    assertThat(upgraded.run(project, "replay").hasExitCode(5).stderr())
        .contains("its evidence, of peer 0.5, does not state what the run started from");

    Peer any = upgraded.with("PEER_REQUIRE_KEPT", "any");
    Run replay = any.run(project, "replay").hasExitCode(0);

    assertThat(replay.stdout()).isEqualTo(OUTPUT);
    assertThat(replay.testStderr()).isEqualTo(COMPLAINT.strip());
    assertThat(any.run(project, "artifacts").hasExitCode(0).stdout()).contains("golden.txt");
  }

  @Test
  void keepsTheQueueAndTellsADaemonOfThatVersionFromItsOwn() throws Exception {
    assertThat(upgraded.run(project, "daemon", "status").hasExitCode(3).stdout())
        .containsPattern("(?m)^run 2  passed  test in ")
        .containsPattern("(?m)^run 1  failed  broken in ");
    Process old = new ProcessBuilder(List.of("sleep", "600")).start();
    Path directory = team.root().resolve("home/daemon");
    new DaemonFile(
            old.pid(),
            old.info().startInstant().orElseThrow(),
            "0.5.0",
            team.root().resolve("socket"))
        .write(directory);

    upgraded
        .run(project, "daemon", "status")
        .refuses(4, "the daemon is of version 0[.]5[.]0, this is .*: process " + old.pid());
    assertThat(upgraded.run(project, "log").hasExitCode(0).stdout()).isEqualTo(OUTPUT);
    upgraded.run(project, "daemon", "stop").hasExitCode(0);

    assertThat(old.waitFor()).isEqualTo(143);
  }
}
