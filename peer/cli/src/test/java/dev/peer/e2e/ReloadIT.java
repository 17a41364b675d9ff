package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Processes that serve take what is changed of their certificates, authorities and lists. */
@Timeout(900)
class ReloadIT {

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
  void aRendezvousRefusesWhoIsRevokedOnceItIsToldToReadAnew() throws Exception {
    Authority.Identity mallory = team.authority().issue("mallory", Authority.Key.EC_P256);
    Authority.Identity alice = team.authority().issue("alice", Authority.Key.EC_P256);
    Path list = team.authority().revoke();
    Run rendezvous = start(team.peer("rendezvous").with("PEER_CRL", list));
    assertThat(status(rendezvous, mallory)).isEqualTo("200");

    team.authority().revoke("mallory");
    rendezvous.signal("HUP").awaitLine("^peer: reloaded: PEER_CRL; the own certificate holds");

    assertThat(status(rendezvous, mallory)).isEqualTo("000");
    assertThat(status(rendezvous, alice)).isEqualTo("200");
    rendezvous.signal("TERM").await().hasExitCode(0);
  }

  @Test
  void aRendezvousSeesByItselfThatItsCertificateIsReplacedAndWaitsForTheKey() throws Exception {
    Peer peer = team.peer("rendezvous");
    Authority.Identity next = team.authority().issue("next", Authority.Key.EC_P384);
    Authority.Identity client = team.authority().issue("client", Authority.Key.EC_P256);
    Run rendezvous = start(peer);
    assertThat(shown(rendezvous)).contains("CN = rendezvous");

    copy(next.certificate(), peer.environment().get("PEER_CERT"));
    rendezvous.awaitLine("^peer: warning: .* not reloaded, .*the private key does not belong");
    assertThat(shown(rendezvous)).contains("CN = rendezvous");
    assertThat(status(rendezvous, client)).isEqualTo("200");

    copy(next.key(), peer.environment().get("PEER_KEY"));
    rendezvous.awaitLine("^peer: reloaded: PEER_CERT and PEER_KEY; the own certificate holds");
    assertThat(shown(rendezvous)).contains("CN = next");
    assertThat(status(rendezvous, client)).isEqualTo("200");
  }

  @Test
  void aRendezvousEndsWithItsTerminal() throws Exception {
    Peer peer = team.peer("rendezvous");
    Repository somewhere = Repository.init(team.root().resolve("somewhere"));
    try (TerminalSession terminal =
        TerminalSession.start(peer, somewhere, "rendezvous --listen 127.0.0.1:0")) {
      terminal.await("rendezvous at https");
      assertThat(team.processes()).anyMatch(line -> line.contains("rendezvous"));

      terminal.hangUp();
      while (team.processes().stream().anyMatch(line -> line.contains("rendezvous"))) {
        Thread.sleep(50);
      }
    }
  }

  @Test
  void aHolderGivesNothingMoreToWhoIsRevoked() throws Exception {
    Sample sample = Sample.get();
    Team others = sample.team();
    try {
      Path list = others.authority().revoke();
      others.startRendezvous();
      Run holder = sample.startHolder(others.peer("holder").with("PEER_CRL", list));
      Peer mallory = others.peer("mallory");
      mallory.run(sample.repository(), "replay").hasExitCode(0);

      others.authority().revoke("mallory");
      holder.signal("HUP").awaitLine("^peer: reloaded: PEER_CRL; ");

      Peer again = mallory.with("PEER_HOME", Files.createDirectory(others.root().resolve("again")));
      Run refused = again.run(sample.repository(), "replay");
      refused.refuses(3, "no reachable peer holds a result");
      assertThat(refused.stderr()).contains("our certificate");
      others.peer("alice").run(sample.repository(), "replay").hasExitCode(0);
    } finally {
      others.close();
    }
  }

  private Run start(Peer peer) throws IOException, InterruptedException {
    Run run = peer.start(team.root(), "rendezvous", "--listen", "127.0.0.1:0");
    run.awaitLine("^peer: rendezvous at (https://\\S+)$");
    return run;
  }

  private static String address(Run rendezvous) throws InterruptedException {
    return rendezvous.awaitLine("^peer: rendezvous at https://(\\S+)$");
  }

  /** Asks on a new connection; gives the status, or 000 if there was no answer. */
  private String status(Run rendezvous, Authority.Identity client)
      throws IOException, InterruptedException {
    return team.tool(
            "curl",
            "-s",
            "-k",
            "-o",
            "/dev/null",
            "-w",
            "%{http_code}",
            "--cert",
            client.certificate().toString(),
            "--key",
            client.key().toString(),
            "https://" + address(rendezvous) + "/v1/status")
        .stdout();
  }

  /** What openssl says of the certificate that the listener presents. */
  private String shown(Run rendezvous) throws IOException, InterruptedException {
    return team.tool("openssl", "s_client", "-connect", address(rendezvous), "-showcerts").stdout();
  }

  private static void copy(Path from, String to) throws IOException {
    Files.copy(
        from, Path.of(to), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
  }
}
