package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The line that a terminal at stderr shows while a command takes its time. */
@Timeout(900)
class ProgressIT {

  private static final String PAUSING =
      """
      test:VQ:
      \techo first; sleep 2; printf unfinished; sleep 2; echo ' and done'; sleep 2
      """;

  /** As it is drawn: what follows in the terminal's line is erased. */
  private static final String WAITING = "\rpeer: 0:0\\d waiting: a run to begin\u001b\\[K";

  private Team team;
  private Peer peer;
  private Repository repository;

  @BeforeEach
  void startRendezvous() throws Exception {
    team = Team.create();
    team.startRendezvous();
    peer = team.peer("laptop");
    repository = team.repository("pausing", PAUSING);
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  @Test
  void saysWhatIsAwaitedAndIsGoneWhenTheCommandFails() throws Exception {
    try (TerminalSession session =
        TerminalSession.start(peer, repository, "replay --wait 3s >out")) {
      session.await(WAITING);

      assertThat(session.awaitEnd()).isEqualTo(3);
      assertThat(session.screen())
          .contains("\npeer: error: no reachable peer holds a result")
          .doesNotContain("peer: 0:")
          .endsWith("\n");
    }
    assertThat(repository.directory().resolve("out")).isEmptyFile();
  }

  @Test
  void isGoneWhenTheCommandIsInterrupted() throws Exception {
    try (TerminalSession session = TerminalSession.start(peer, repository, "replay --wait 10m")) {
      session.await(WAITING);
      session.type("\u0003");

      assertThat(session.awaitEnd()).isEqualTo(130);
      assertThat(session.screen())
          .contains("\npeer: error: interrupted")
          .doesNotContain("peer: 0:")
          .endsWith("\n");
    }
  }

  @Test
  void isCutToTheTerminalsWidth() throws Exception {
    try (TerminalSession session = TerminalSession.start(peer, repository, "replay --wait 10m")) {
      session.await(WAITING);
      session.resize(33, 22);

      session.await("\rpeer: 0:\\d\\d waiting: a\u001b\\[K");
      session.type("\u0003");
      assertThat(session.awaitEnd()).isEqualTo(130);
    }
  }

  @Test
  void isNotThereForWhoeverDoesNotLook() throws Exception {
    assertThat(shown(peer, "replay --wait 2s --json")).contains("\"outcome\":\"no-result\"");
    assertThat(shown(peer, "replay --wait 2s 2>&1 | cat")).contains("waiting for a run to start");
    assertThat(shown(peer, "replay --wait 2s 2>err")).isEmpty();
    assertThat(Files.readString(repository.directory().resolve("err")))
        .contains("waiting for a run to start")
        .doesNotContain("\r", "\u001b");
    assertThat(shown(peer.with("TERM", "dumb"), "replay --wait 2s"))
        .contains("waiting for a run to start");
    assertThat(shown(peer.with("CI", "1"), "replay --wait 2s"))
        .contains("waiting for a run to start");
  }

  /** What a terminal gets of a command that waits, which must be lines and nothing else. */
  private String shown(Peer who, String arguments) throws Exception {
    try (TerminalSession session = TerminalSession.start(who, repository, arguments)) {
      session.awaitEnd();
      String lines = session.text().replaceFirst("/dev/pts/\\d+\r\n", "").replace("\r\n", "\n");
      assertThat(lines).doesNotContain("\r", "\u001b");
      return lines;
    }
  }

  @Test
  void leavesALineOfTheTestsThatIsNotFinishedAlone() throws Exception {
    try (TerminalSession session =
        TerminalSession.start(peer, repository, "run --exit | tee out")) {
      session.await("first\r\n");
      session.await("\rpeer: 0:\\d\\d test\u001b\\[K");
      session.await("unfinished and done\r\n");
      session.await("\rpeer: 0:\\d\\d test\u001b\\[K");

      assertThat(session.awaitEnd()).as(session.text()).isZero();
      assertThat(session.screen())
          .contains("\nfirst\nunfinished and done\npeer: ", "\npeer: passed in ")
          .doesNotContain("peer: 0:")
          .endsWith("\n");
    }
    assertThat(repository.directory().resolve("out")).hasContent("first\nunfinished and done\n");
  }
}
