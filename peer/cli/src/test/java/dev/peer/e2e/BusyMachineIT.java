package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many runs at once where nothing is there yet. */
@Tag("long")
@Timeout(900)
class BusyMachineIT {

  private static final int RUNS = 6;

  private static final String MKFILE =
      """
      t0 t1 t2 t3 t4 t5:VQ:
      \techo tested $target
      """;

  private Team team;

  @BeforeEach
  void create() throws Exception {
    team = Team.create();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  @Test
  void sixRunsInAFreshHomePassAndMakeOneTemplate() throws Exception {
    Peer peer = team.peer("laptop");
    Path templates = peer.home().resolve("vm/templates");
    Files.delete(templates);
    Repository repository = team.repository("busy", MKFILE);
    List<Run> runs = new ArrayList<>();
    for (int i = 0; i < RUNS; i++) {
      runs.add(peer.start(repository, "run", "t" + i, "--exit"));
    }

    for (int i = 0; i < RUNS; i++) {
      assertThat(runs.get(i).await().hasExitCode(0).stdout()).isEqualTo("tested t" + i + "\n");
    }

    assertThat(runs.stream().filter(run -> run.stderr().contains("make a template"))).hasSize(1);
    assertThat(runs).noneMatch(run -> run.stderr().contains("of no use"));
    try (Stream<Path> made = Files.list(templates)) {
      assertThat(made.filter(each -> Files.exists(each.resolve("seal")))).hasSize(1);
    }
  }
}
