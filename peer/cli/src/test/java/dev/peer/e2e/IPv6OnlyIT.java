package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two machines between which there is no IPv4. */
@Timeout(900)
class IPv6OnlyIT {

  private static final String SERVER = "[fd00:77::2]";
  private static final String OUTPUT = "from the laptop\n";

  private Team team;
  private NetworkNamespaces cable;
  private Peer laptop;
  private Peer ci;
  private SignedResult result;

  @BeforeAll
  static void asRoot() {
    NetworkNamespaces.assumeRoot();
  }

  @BeforeEach
  void makeTheNetwork() throws Exception {
    team = Team.create();
    cable = Cable.between("fd00:77::1/64", "fd00:77::2/64");
    String rendezvous =
        team.peer("rendezvous")
            .in(cable.in("server"))
            .start(team.root(), "rendezvous", "--listen", SERVER + ":0")
            .awaitLine("^peer: rendezvous at (https://\\S+)$");
    assertThat(rendezvous).startsWith("https://" + SERVER + ":");
    laptop = team.peer("laptop").in(cable.in("laptop")).with("PEER_RENDEZVOUS", rendezvous);
    ci = team.peer("ci").in(cable.in("server")).with("PEER_RENDEZVOUS", rendezvous);
    result = SignedResult.of(team, laptop, OUTPUT, "");
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    try {
      team.close();
    } finally {
      cable.close();
    }
  }

  @Test
  void aResultIsAnnouncedFoundAndFetched() throws Exception {
    serve(laptop.with("PEER_LISTEN", "[::]:0"));

    assertThat(ci.run(result.repository(), "replay").hasExitCode(0).stdout()).isEqualTo(OUTPUT);
    assertThat(ci.run(result.repository(), "doctor").stdout())
        .containsPattern("(?m)^ok +rendezvous +\\Q" + SERVER + "\\E:\\d+ is CN=rendezvous");
  }

  @Test
  void aRelayIsReachedByBothSides() throws Exception {
    String relay =
        team.peer("relay")
            .in(cable.in("server"))
            .start(team.root(), "relay", "--listen", SERVER + ":0")
            .awaitLine("^peer: relay at (https://\\S+)$");
    serve(
        laptop
            .with("PEER_RELAY", relay)
            .with("PEER_LISTEN", "127.0.0.1:0")
            .with("PEER_ADVERTISE", "[fd00:77::9]:7443"));

    assertThat(ci.run(result.repository(), "replay").hasExitCode(0).stdout()).isEqualTo(OUTPUT);
  }

  private void serve(Peer peer) throws Exception {
    Run run = peer.start(result.repository(), "run");
    run.awaitLine("^peer: (serving the result)");
  }
}
