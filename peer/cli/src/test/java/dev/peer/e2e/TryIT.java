package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code peer try}, by a user who has a guest image and nothing else. */
@Timeout(900)
class TryIT {

  private static final String HELLO = "test:VQ:\n\techo hello\n";

  private Team team;
  private Peer newcomer;

  @BeforeEach
  void makeTeam() throws Exception {
    team = Team.create();
    newcomer = team.peer("newcomer").without("PEER_CA").without("PEER_CERT").without("PEER_KEY");
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.awaitNoMachine();
    assertThat(trials()).as("trials left").isEmpty();
    assertThat(newcomer.home().resolve("store")).doesNotExist();
    team.close();
  }

  @Test
  void runsAndReplaysAnExample() throws Exception {
    Path copy = team.root().resolve("hello");
    team.tool("cp", "-R", Dist.sources().resolve("examples/hello").toString(), copy.toString())
        .hasExitCode(0);
    Repository hello = Repository.init(copy).commit();

    Run run = newcomer.run(hello, "try").hasExitCode(0);

    assertThat(run.stderr())
        .containsPattern("(?m)^peer: one peer: peer run test$")
        .containsPattern("(?m)^peer: passed in ")
        .containsPattern("(?m)^peer: another peer, .*: peer replay test$")
        .containsPattern(
            "(?m)^peer: passed, replayed: urn:peer:laptop ran it .* from urn:peer:laptop")
        .containsPattern("(?m)^peer: run: [0-9.]+ s; replay: [0-9.]+ s, the same output")
        .containsPattern("(?m)^peer: {3}peer run$")
        .doesNotContain("warning:");
    String output = run.stdout();
    String once = output.substring(0, output.length() / 2);
    assertThat(once).isNotEmpty();
    assertThat(output).isEqualTo(once + once);
  }

  /** The caller's own rules, certificates and rendezvous are nothing to the trial's peers. */
  @Test
  void takesTheMkfileOfTheWorkTreeAndLeavesTheRepositoryAsItIs() throws Exception {
    Repository repository =
        Repository.init(team.root().resolve("project")).write("a", "of HEAD\n").commit();
    repository.write("mkfile", "test:VQ:\n\tcat a\n").write("a", "not committed\n");
    String before = state(repository);

    Run run =
        newcomer
            .with("PEER_ALLOW_SIGN", "uri:nobody")
            .with("PEER_RENDEZVOUS", "https://127.0.0.1:1")
            .with("PEER_CERT", "/nowhere")
            .run(repository, "try")
            .hasExitCode(0);

    assertThat(run.stdout()).isEqualTo("of HEAD\nof HEAD\n");
    assertThat(run.stderr())
        .contains("peer: HEAD has no mkfile: the trial adds that of the work tree to a copy\n")
        .contains("peer:   git add -f mkfile && git commit ");
    assertThat(state(repository)).isEqualTo(before);
  }

  @Test
  void aFailingTestIsOneWithItsOutput() throws Exception {
    Repository repository = team.repository("failing", "test:VQ:\n\techo broken; exit 1\n");

    Run run = newcomer.run(repository, "try").hasExitCode(1);

    assertThat(run.stdout()).isEqualTo("broken\n");
    assertThat(run.stderr())
        .contains("peer: error: there is nothing to replay: ")
        .doesNotContain("peer replay test");
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void aSignalEndsAllOfIt(String signal, int exitCode) throws Exception {
    Repository repository = team.repository("slow", "test:VQ:\n\techo testing; sleep 1000\n");
    Run run = newcomer.start(repository, "try");
    run.awaitLine("^peer: stage: test$");
    assertThat(trials()).isNotEmpty();

    run.signal(signal).await().hasExitCode(exitCode);

    assertThat(team.machines()).isEmpty();
  }

  /** What is left in the directory for temporary files is that of the user's home. */
  @Test
  void theNextOneRemovesWhatAKilledOneLeft() throws Exception {
    newcomer = newcomer.without("XDG_RUNTIME_DIR");
    Repository repository = team.repository("slow", "test:VQ:\n\techo testing; sleep 1000\n");
    Run run = newcomer.start(repository, "try");
    run.awaitLine("^peer: stage: test$");
    run.kill();
    run.await();
    team.awaitNoMachine();
    Path sockets = newcomer.home().resolve("sockets").toRealPath();
    Path killed = trials().stream().filter(Files::isDirectory).findFirst().orElseThrow();
    assertThat(killed.resolve("laptop/sockets").toRealPath()).isEqualTo(sockets);

    newcomer.run(team.repository("quick", HELLO), "try").hasExitCode(0);
    Files.delete(sockets);
  }

  @Test
  void saysWhatItLacks() throws Exception {
    Repository empty = Repository.init(team.root().resolve("empty")).write("README", "").commit();

    newcomer.run(empty, "try").refuses(2, "no file at the repository's root tells");
    newcomer.run(team.root(), "try").refuses(2, "not in a git repository");
    newcomer.withoutQemu().run(empty, "try").refuses(4, "qemu-system-x86_64 is not");
  }

  private List<Path> trials() throws IOException {
    Path trials = newcomer.home().resolve("try");
    if (!Files.exists(trials)) {
      return List.of();
    }
    try (Stream<Path> left = Files.list(trials)) {
      return left.toList();
    }
  }

  private static String state(Repository repository) throws Exception {
    return repository.git("status", "--porcelain", "--branch")
        + repository.git("count-objects", "-v")
        + repository.git("config", "--list", "--local");
  }
}
