package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The main job with a real project: examples/c-project, which installs a compiler in its container
 * image, and so needs a network and a minute or two.
 */
@Tag("long")
@Timeout(900)
class CProjectIT {

  private Team team;

  @BeforeEach
  void makeTeam() throws Exception {
    team = Team.create();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  @Test
  void whatOnePeerRanOthersReplayUntilNobodyHoldsIt() throws Exception {
    team.startRendezvous();
    Repository repository = repository();

    Run first =
        team.peer("first", Authority.Key.RSA)
            .start(repository, "run", "--artifacts", directory("first").toString());
    first.awaitLine("^peer: serving the result");
    Run second =
        team.peer("second", Authority.Key.ED25519)
            .withoutQemu()
            .start(repository, "run", "--artifacts", directory("second").toString());
    second.awaitLine("^peer: serving the result");

    assertThat(second.stdoutBytes()).isEqualTo(first.stdoutBytes()).isNotEmpty();
    assertThat(second.testStderr()).isEqualTo(first.testStderr());
    assertThat(second.stderr()).contains("got from CN=first").doesNotContain("stage:");
    assertThat(sums(directory("second")))
        .isEqualTo(sums(directory("first")))
        .contains("./roman")
        .contains("./report.txt");

    first.signal("TERM").await().hasExitCode(0);
    Run third = team.peer("third").withoutQemu().run(repository, "replay").hasExitCode(0);
    assertThat(third.stdoutBytes()).isEqualTo(first.stdoutBytes());
    assertThat(third.stderr()).contains("CN=first ran it").contains("got from CN=second");

    second.signal("TERM").await().hasExitCode(0);
    team.peer("fourth").run(repository, "replay").refuses(3, "no reachable peer");
  }

  private Repository repository() throws IOException, InterruptedException {
    Repository repository = Repository.init(team.root().resolve("c-project"));
    team.tool(
            "cp",
            "-R",
            Dist.sources().resolve("examples/c-project") + "/.",
            repository.directory().toString())
        .hasExitCode(0);
    return repository
        .write(".env", "PEER_REPO=example.org/c-project\nPEER_IMAGE=" + Dist.imageDigest() + "\n")
        .commit();
  }

  private Path directory(String name) {
    return team.root().resolve("artifacts-" + name);
  }

  /** The SHA-256 of every file, as sha256sum prints them. */
  private String sums(Path directory) throws IOException, InterruptedException {
    assertThat(Files.isDirectory(directory)).isTrue();
    return team.tool(
            "sh",
            "-c",
            "cd \"$1\" && find . -type f -exec sha256sum {} + | sort",
            "sums",
            directory.toString())
        .hasExitCode(0)
        .stdout();
  }
}
