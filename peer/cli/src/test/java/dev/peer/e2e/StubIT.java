package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.cli.setup.CiPlatform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code peer stub}, and its files as others read them. */
@Timeout(900)
class StubIT {

  /** It brings the published schema of GitHub's workflows, which the tree then need not hold. */
  private static final List<String> VALIDATOR =
      List.of("@action-validator/core@0.6.0", "@action-validator/cli@0.6.0");

  private Team team;
  private Peer peer;

  @BeforeEach
  void make() throws Exception {
    team = Team.create();
    // A stub is made where there is nothing yet: no certificate, no repository.
    peer = team.peer("peer").without("PEER_CERT").without("PEER_KEY").without("PEER_CA");
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  @ParameterizedTest
  @EnumSource(CiPlatform.class)
  void theCommandPrintsTheExample(CiPlatform platform) throws Exception {
    Run run = peer.run(team.root(), "stub", platform.toString(), "test", "lint").hasExitCode(0);

    assertThat(run.stderr()).isEmpty();
    assertThat(run.stdout()).isEqualTo(Files.readString(example(platform)));
  }

  @Test
  void runsTheTestsWhereNoTargetIsNamed() throws Exception {
    assertThat(peer.run(team.root(), "stub", "gitlab").hasExitCode(0).stdout())
        .contains("\npeer-test:\n")
        .contains("\n    - peer run --exit test\n");
  }

  @Test
  void refusesAPlatformOrTargetThatIsNone() throws Exception {
    peer.run(team.root(), "stub", "travis").refuses(2, "not a CI platform");
    peer.run(team.root(), "stub", "github", "a b").refuses(2, "not an mk target");
  }

  @Test
  void workflowsKeepToTheSchemaOfGithub() throws Exception {
    Path tools = Files.createDirectory(team.root().resolve("npm"));
    npm(tools);
    Path workflow = example(CiPlatform.GITHUB);
    Path broken = tools.resolve(".github/workflows/broken.yml");
    Files.createDirectories(broken.getParent());
    Files.writeString(broken, Files.readString(workflow).replace("runs-on", "run-son"));

    assertThat(validate(tools, workflow).exitCode()).isZero();
    assertThat(validate(tools, example(CiPlatform.FORGEJO)).exitCode()).isZero();
    assertThat(validate(tools, broken).exitCode()).isEqualTo(1);
  }

  private void npm(Path tools) throws Exception {
    team.start(
            tools,
            System.getenv(),
            List.of(
                "npm",
                "install",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--prefix",
                tools.toString(),
                VALIDATOR.get(0),
                VALIDATOR.get(1)))
        .await()
        .hasExitCode(0);
  }

  private Run validate(Path tools, Path workflow) throws Exception {
    return team.tool(
        tools.resolve("node_modules/.bin/action-validator").toString(), workflow.toString());
  }

  private static Path example(CiPlatform platform) {
    return Dist.sources()
        .resolve("examples/ci")
        .resolve(platform.toString())
        .resolve(platform.file());
  }
}
