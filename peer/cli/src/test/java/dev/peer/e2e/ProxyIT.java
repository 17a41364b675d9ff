package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.tls.ConnectProxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A company's network, where a proxy alone knows the names of the others. */
@Timeout(900)
class ProxyIT {

  private static final String OUTPUT = "from the laptop\n";

  private Team team;
  private ConnectProxy proxy;
  private String meet;
  private SignedResult result;
  private Peer laptop;

  @BeforeEach
  void create() throws Exception {
    team = Team.create();
    proxy = ConnectProxy.start();
    team.startRendezvous();
    meet = "meet.company.test:" + portOf(team.rendezvous());
    laptop = inside("laptop");
    result = SignedResult.of(team, laptop, OUTPUT, "");
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    try {
      team.close();
    } finally {
      proxy.close();
    }
  }

  @Test
  void aResultIsAnnouncedFoundAndFetchedThroughTheProxy() throws Exception {
    proxy.require("Basic dTpwQHNz");
    int port = Team.freePort();
    serve(
        laptop
            .with("PEER_LISTEN", "127.0.0.1:" + port)
            .with("PEER_ADVERTISE", "laptop.company.test:" + port));

    assertThat(inside("ci").run(result.repository(), "replay").hasExitCode(0).stdout())
        .isEqualTo(OUTPUT);

    assertThat(proxy.asked()).contains(meet, "laptop.company.test:" + port);
    assertThat(inside("other").run(result.repository(), "doctor").stdout())
        .containsPattern(
            "(?m)^ok +rendezvous +\\Q"
                + meet
                + "\\E is CN=rendezvous, through the proxy \\Q"
                + proxy.address()
                + "\\E$");
    assertThat(
            inside("third")
                .with("PEER_RENDEZVOUS", team.rendezvous())
                .run(result.repository(), "doctor")
                .stdout())
        .containsPattern("(?m)^ok +rendezvous +127.0.0.1:\\d+ is CN=rendezvous, not through the");
  }

  @Test
  void aRelayIsReachedThroughTheProxyByBothSides() throws Exception {
    Run relay = team.peer("relay").start(team.root(), "relay", "--listen", "127.0.0.1:0");
    String address =
        "relay.company.test:" + portOf(relay.awaitLine("^peer: relay at (https://\\S+)$"));
    serve(
            laptop
                .with("PEER_RELAY", "https://" + address)
                .with("PEER_ADVERTISE", "nowhere.company.test:" + Team.freePort()))
        .awaitLine("^peer: others reach this peer through the relay (\\S+)");

    assertThat(inside("ci").run(result.repository(), "replay").hasExitCode(0).stdout())
        .isEqualTo(OUTPUT);

    assertThat(proxy.asked()).contains(meet, address);
  }

  @Test
  void whatTheProxyRefusesIsToldAsTheProxys() throws Exception {
    serve(laptop);
    proxy.refuse("403 Forbidden");

    Run refused = inside("ci").run(result.repository(), "replay");

    refused.refuses(3, "");
    assertThat(refused.stderr())
        .contains(
            meet
                + ": the proxy "
                + proxy.address()
                + " of HTTPS_PROXY refuses the way to "
                + meet
                + " (403 Forbidden): have it allowed there, or name the host in NO_PROXY");
    assertThat(
            inside("other")
                .with("NO_PROXY", "other.test,.company.test")
                .run(result.repository(), "replay")
                .stderr())
        .contains(meet + ": unknown host")
        .doesNotContain("the proxy");
    Run wrong =
        inside("third")
            .with("HTTPS_PROXY", "socks5://u:secret@proxy:1")
            .run(result.repository(), "ls");
    wrong.refuses(2, "HTTPS_PROXY is not the URL of a proxy");
    assertThat(wrong.stderr()).doesNotContain("secret");
  }

  private Peer inside(String name) throws Exception {
    return team.peer(name)
        .withoutQemu()
        .with("PEER_RENDEZVOUS", "https://" + meet)
        .with("HTTPS_PROXY", "http://u:p%40ss@" + proxy.address());
  }

  private Run serve(Peer peer) throws Exception {
    Run run = peer.start(result.repository(), "run");
    run.awaitLine("^peer: (serving the result)");
    return run;
  }

  private static String portOf(String url) {
    return url.substring(url.lastIndexOf(':') + 1);
  }
}
