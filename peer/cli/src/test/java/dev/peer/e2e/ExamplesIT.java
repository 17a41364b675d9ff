package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The mkfiles of the documents that are no guides run as they stand. */
@Timeout(400)
class ExamplesIT {

  private static final String INDENT = "    ";

  private Team team;

  @BeforeEach
  void makeTeam() throws Exception {
    team = Team.create();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  /** With the files that the examples name, in a guest that reaches nothing. */
  @ParameterizedTest
  @CsvSource({"README.md,", "image/README.md,report.txt"})
  void run(String document, String artifact) throws Exception {
    List<String> mkfiles = mkfiles(Dist.sources().resolve(document));
    assertThat(mkfiles).hasSize(1);
    Repository repository =
        team.repository("project", mkfiles.getFirst())
            .write("run-tests", "#!/bin/sh\necho all passed\n")
            .write("make", "#!/bin/sh\nmkdir build && echo all passed | tee build/report.txt\n")
            .write("Containerfile", "FROM localhost/ci-base\nCOPY make /usr/bin/make\n");
    for (String program : List.of("run-tests", "make")) {
      assertThat(repository.directory().resolve(program).toFile().setExecutable(true)).isTrue();
    }
    Path artifacts = team.root().resolve("artifacts");

    Run run =
        team.peer("reader")
            .with("PEER_PREPARE_NETWORK", "none")
            .run(repository.commit(), "run", "--exit", "--artifacts", artifacts.toString())
            .hasExitCode(0);

    assertThat(run.stdout()).endsWith("all passed\n");
    if (artifact != null) {
      assertThat(artifacts.resolve(artifact)).hasContent("all passed\n");
    }
  }

  /** The indented blocks with a target {@code test}. */
  private static List<String> mkfiles(Path document) throws IOException {
    List<String> found = new ArrayList<>();
    StringBuilder block = new StringBuilder();
    for (String line : Files.readAllLines(document)) {
      if (line.startsWith(INDENT) || line.isEmpty()) {
        block.append(line.isEmpty() ? "" : line.substring(INDENT.length())).append('\n');
        continue;
      }
      take(block, found);
    }
    take(block, found);
    return found;
  }

  private static void take(StringBuilder block, List<String> found) {
    if (block.toString().contains("\ntest:V:\n")) {
      found.add(block.toString().strip() + "\n");
    }
    block.setLength(0);
  }
}
