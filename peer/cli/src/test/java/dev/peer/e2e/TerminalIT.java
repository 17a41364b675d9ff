package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a terminal gets of a hostile result that is replayed, and what everything else gets. */
@Timeout(900)
class TerminalIT {

  private static final String STDOUT =
      "plain \u001b[32mgreen\u001b[0m Gr\u00fc\u00dfe\n"
          + "\u001b[2J\u001b[Hgone \u001b]0;title\u0007 \u001b]52;c;cm0gLXJm\u0007"
          + " \u001bP$qm\u001b\\ \u009b5n\n";
  private static final String STDERR = "\u001b[8mhidden \u001b[1Aup";

  private Team team;
  private Peer peer;
  private Repository repository;

  @BeforeEach
  void makeResult() throws Exception {
    team = Team.create();
    // It gets nothing of peer's own but lines.
    peer = team.peer("laptop").with("CI", "1");
    repository = SignedResult.of(team, peer, STDOUT, STDERR).repository();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  @Test
  void aTerminalGetsColoursAndNoOtherEscapes() throws Exception {
    String screen = onTerminal("replay");

    assertThat(screen)
        .contains("plain \u001b[32mgreen\u001b[0m Gr\u00fc\u00dfe\r\n")
        .contains(
            "^[[2J^[[Hgone ^[]0;title^G ^[]52;c;cm0gLXJm^G ^[P$qm^[\\ ^[[5n\r\n"
                + "\u001b[8mhidden ^[[1Aup\u001b[m\r\npeer: passed, replayed: CN=laptop ran it");
    assertThat(screen.replaceAll("\u001b\\[[0-9;]*m", "")).doesNotContain("\u001b", "\u009b");
  }

  @Test
  void stderrAloneIsATerminalToo() throws Exception {
    String screen = onTerminal("replay --json >/dev/null");

    assertThat(screen).contains("^[[2J^[[Hgone ").contains("hidden ^[[1Aup\u001b[m\r\npeer: ");
  }

  @Test
  void aTerminalGetsTheBytesWhenAskedTo() throws Exception {
    assertThat(onTerminal("replay --raw"))
        .contains(STDOUT.replace("\n", "\r\n") + STDERR + "\r\npeer: passed");
  }

  @Test
  void whatIsNoTerminalGetsTheBytes() throws Exception {
    Run run = peer.run(repository, "replay").hasExitCode(0);

    assertThat(run.stdout()).isEqualTo(STDOUT);
    assertThat(run.stderr()).startsWith(STDERR + "\npeer: passed");
  }

  private String onTerminal(String arguments) throws Exception {
    try (TerminalSession session = TerminalSession.start(peer, repository, arguments)) {
      assertThat(session.awaitEnd()).isZero();
      return session.text();
    }
  }
}
