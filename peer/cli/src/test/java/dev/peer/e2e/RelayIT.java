package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A laptop behind a NAT, CI outside of it, and a relay that both can connect to. */
@Timeout(900)
class RelayIT {

  private static final String REACHABLE = "^peer: others reach this peer through the relay (\\S+)";

  private Team team;
  private Namespaces net;
  private Peer laptop;
  private SignedResult result;

  @BeforeAll
  static void asRoot() {
    NetworkNamespaces.assumeRoot();
  }

  @BeforeEach
  void create() throws Exception {
    team = Team.create();
    net = Namespaces.create();
    Peer meeting = team.peer("rendezvous");
    String rendezvous =
        meeting
            .in(net.in("relay"))
            .start(team.root(), "rendezvous", "--listen", Namespaces.RELAY + ":0")
            .awaitLine("^peer: rendezvous at (https://\\S+)$");
    laptop = team.peer("laptop").in(net.in("laptop")).with("PEER_RENDEZVOUS", rendezvous);
    result = SignedResult.of(team, laptop, "from the laptop\n", "");
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    try {
      team.close();
    } finally {
      net.close();
    }
  }

  @Test
  void ciCanNotReachALaptopBehindANatWithoutARelay() throws Exception {
    serve(laptop);

    Run refused = ci("ci").run(result.repository(), "replay");

    refused.refuses(3, "no reachable peer holds a result");
  }

  @Test
  void ciGetsALaptopsResultThroughTheRelayAlsoAfterTheNatForgotIt() throws Exception {
    Run relay = relay();
    Run serving = serve(laptop.with("PEER_RELAY", address(relay)));
    serving.awaitLine(REACHABLE);

    replays(ci("ci"));

    net.moveNat();
    serving.awaitLine("(?s)" + REACHABLE + ".*" + REACHABLE);
    replays(ci("next"));
    relay.signal("TERM").await().hasExitCode(0);
    serving.signal("TERM").await().hasExitCode(0);
  }

  @Test
  void aRelayMayRunBesideARendezvousAndGoesByTheRules() throws Exception {
    Run both =
        team.peer("both")
            .in(net.in("relay"))
            .with("PEER_ALLOW_FETCH", "cn:ci,cn:laptop")
            .start(
                team.root(),
                "rendezvous",
                "--listen",
                Namespaces.RELAY + ":0",
                "--relay",
                Namespaces.RELAY + ":0");
    serve(laptop.with("PEER_RELAY", address(both))).awaitLine(REACHABLE);

    replays(ci("ci"));
    Run refused = ci("other").run(result.repository(), "replay");
    refused.refuses(3, "no reachable peer holds a result");
    assertThat(refused.stderr()).contains("CN=other may not fetch at CN=both");
  }

  /** A relay takes 45 s to give it up. */
  @Test
  @Tag("long")
  void aLaptopThatSleptIsReachedAgain() throws Exception {
    Run relay = relay();
    Run serving = serve(laptop.with("PEER_RELAY", address(relay)));
    serving.awaitLine(REACHABLE);

    serving.signal("STOP");
    Thread.sleep(50_000);
    serving.signal("CONT");

    serving.awaitLine("(?s)" + REACHABLE + ".*" + REACHABLE);
    replays(ci("ci"));
  }

  @Test
  void saysWhatIsWrongWithItsOptions() throws Exception {
    Peer peer = team.peer("relay");
    peer.run(team.root(), "relay").refuses(2, "Missing required option: '--listen=HOST:PORT'");
    peer.run(team.root(), "relay", "--listen", "nowhere").refuses(2, "HOST:PORT");
    peer.run(team.root(), "relay", "--listen", "127.0.0.1:0", "--hourly", "9")
        .refuses(2, "a size such as 512M or 32G was expected, at least 1M");
    peer.run(team.root(), "relay", "--listen", "192.0.2.1:1")
        .refuses(4, "cannot listen on 192.0.2.1:1");
  }

  private Run relay() throws Exception {
    return team.peer("relay")
        .in(net.in("relay"))
        .start(team.root(), "relay", "--listen", Namespaces.RELAY + ":0");
  }

  private static String address(Run relay) throws InterruptedException {
    return relay.awaitLine("^peer: relay at (https://\\S+)$");
  }

  private Run serve(Peer peer) throws Exception {
    Run run = peer.start(result.repository(), "run");
    run.awaitLine("^peer: serving the result");
    return run;
  }

  /** A new machine outside, with nothing of its own. */
  private Peer ci(String name) throws Exception {
    return team.peer(name)
        .in(net.in("ci"))
        .with("PEER_RENDEZVOUS", laptop.environment().get("PEER_RENDEZVOUS"));
  }

  private void replays(Peer peer) throws Exception {
    Run replay = peer.run(result.repository(), "replay").hasExitCode(0);
    assertThat(replay.stdout()).isEqualTo("from the laptop\n");
  }
}
