package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** In whatever way peer ends, no machine stays and nothing half-made. */
@Timeout(900)
class InterruptionIT {

  private static final String NEVER_DONE =
      """
      test:VQ:
      \techo testing
      /var/run/ci/artifacts/report:
      \techo report >$target
      post-test:V:
      \tsleep 1000
      """;

  private static final String SLOW_AND_QUICK =
      """
      test:VQ:
      \techo testing; sleep 1000
      quick:VQ:
      \techo quick
      """;

  private Team team;

  @BeforeEach
  void makeTeam() throws Exception {
    team = Team.create();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  @ParameterizedTest
  @CsvSource({
    "INT, boot, 130",
    "INT, checkout, 130",
    "INT, prepare, 130",
    "INT, test, 130",
    "INT, artifacts, 130",
    "INT, post-test, 130",
    "TERM, boot, 143",
    "TERM, prepare, 143",
    "TERM, test, 143"
  })
  void aSignalInAStageEndsTheMachineAndKeepsNothing(String signal, String stage, int exitCode)
      throws Exception {
    Peer peer = team.peer("laptop");
    Run run = peer.start(team.repository("stages", NEVER_DONE), "run");
    run.awaitLine("^peer: stage: " + stage + "$");

    run.signal(signal).await().hasExitCode(exitCode);

    assertThat(team.machines()).isEmpty();
    assertThat(team.scratch()).isEmpty();
    assertThat(peer.results()).isZero();
    assertThat(run.stderr()).contains("peer: error: interrupted before there was a result");
  }

  /** The terminal signals all processes in front of it. */
  @Test
  void ctrlCOnATerminalIsACancel() throws Exception {
    Peer peer = team.peer("laptop").with("CI", "1");
    Repository repository = team.repository("stages", NEVER_DONE);
    try (TerminalSession session = TerminalSession.start(peer, repository, "run")) {
      session.await("peer: stage: test\r\n");

      session.type("\003");

      assertThat(session.awaitEnd()).isEqualTo(130);
      assertThat(session.text())
          .contains("peer: error: interrupted before there was a result")
          .doesNotContain("broke off");
    }
    assertThat(team.machines()).isEmpty();
    assertThat(team.scratch()).isEmpty();
  }

  /** So it is for what a script runs in the background, when Ctrl-C ends the script. */
  @Test
  void aSignalToAGroupThatIgnoresItIsACancel() throws Exception {
    Peer peer =
        team.peer("laptop").in(List.of("setsid", "sh", "-c", "trap '' INT; exec \"$@\"", "sh"));
    Run run = peer.start(team.repository("stages", NEVER_DONE), "run");
    run.awaitLine("^peer: stage: test$");

    team.tool("kill", "-s", "INT", "--", "-" + run.pid()).hasExitCode(0);

    run.await().hasExitCode(130);
    assertThat(run.stderr())
        .contains("peer: error: interrupted before there was a result")
        .doesNotContain("broke off");
    assertThat(team.machines()).isEmpty();
    assertThat(team.scratch()).isEmpty();
  }

  @Test
  void noMachineOutlivesAKilledPeerAndTheNextRunRemovesWhatItLeft() throws Exception {
    Peer peer = team.peer("laptop");
    Repository repository = team.repository("killed", SLOW_AND_QUICK);
    Run run = peer.start(repository, "run");
    run.awaitLine("^peer: stage: test$");
    assertThat(team.machines()).hasSize(1);

    run.signal("KILL").await();

    team.awaitNoMachine();
    assertThat(team.scratch()).isNotEmpty();
    Run next = peer.run(repository, "run", "quick").hasExitCode(0);
    assertThat(next.stdout()).isEqualTo("quick\n");
    assertThat(team.scratch()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM"})
  void aSignalWhileServingEndsInSuccess(String signal) throws Exception {
    Sample sample = Sample.get();
    Team others = sample.team();
    Run rendezvous = others.startRendezvous(others.peer("rendezvous"));
    Run holder = sample.startHolder(others.peer("holder"));

    holder.signal(signal).await().hasExitCode(0);
    rendezvous.signal(signal).await().hasExitCode(0);

    assertThat(others.scratch()).isEmpty();
    others.close();
  }

  @Test
  void aSignalWhileARendezvousDoesNotAnswerEndsTheSearch() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Peer peer =
          team.peer("laptop").with("PEER_RENDEZVOUS", "https://127.0.0.1:" + silent.getLocalPort());
      Run run = peer.start(team.repository("stages", NEVER_DONE), "run");
      silent.accept();

      run.signal("INT").await().hasExitCode(130);
    }
  }
}
