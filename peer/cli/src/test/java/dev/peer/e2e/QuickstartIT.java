package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The command that the README begins with. It takes what is built, and builds the rest. */
@Timeout(900)
class QuickstartIT {

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
  void runsOnceReplaysOnceAndStopsWhatItStarted() throws Exception {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("XDG_RUNTIME_DIR", team.root().resolve("runtime").toString());

    Run quickstart =
        team.start(
            Dist.sources(),
            environment,
            List.of(Dist.sources().resolve("examples/quickstart").toString()));
    quickstart.awaitLine("starting a rendezvous");
    quickstart.await().hasExitCode(0);

    assertThat(quickstart.stderr())
        .containsPattern("(?m)^peer: passed in ")
        .containsPattern("(?m)^peer: passed, replayed: ")
        .containsPattern("(?m)^quickstart: run: [0-9.]+ s, replay: [0-9.]+ s, and the same output");
    assertThat(ofQuickstart()).isEmpty();
  }

  /** The processes that run with a home of the quickstart's. */
  private static List<String> ofQuickstart() {
    return Team.commandLinesOf(Dist.sources().resolve("examples/target/quickstart"));
  }
}
