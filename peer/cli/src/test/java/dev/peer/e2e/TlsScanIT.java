package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** What scanners and strangers see of everything that listens: sslscan, and openssl. */
@Timeout(900)
class TlsScanIT {

  private static Team team;
  private static String holder;
  private static String relay;

  /** Everything that listens. */
  enum Listener {
    RENDEZVOUS,
    RELAY,
    PEER;

    String hostAndPort() {
      return switch (this) {
        case RENDEZVOUS -> team.rendezvous().substring("https://".length());
        case RELAY -> relay;
        case PEER -> holder;
      };
    }
  }

  @BeforeAll
  static void startAll() throws Exception {
    team = Team.create();
    relay =
        team.startRendezvous(team.peer("rendezvous"), "--relay", "127.0.0.1:0")
            .awaitLine("^peer: relay at https://(\\S+)$");
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      holder = "127.0.0.1:" + free.getLocalPort();
    }
    Peer peer = team.peer("holder").with("PEER_LISTEN", holder);
    SignedResult result = SignedResult.of(team, peer, "out", "err");
    peer.start(result.repository(), "run").awaitLine("^peer: serving the result");
  }

  @AfterAll
  static void nothingIsLeft() throws Exception {
    team.close();
  }

  @ParameterizedTest
  @EnumSource
  void speaksTls13WithItsCiphersAndNothingElse(Listener listener) throws Exception {
    Path report = team.root().resolve(listener + ".xml");
    team.tool("sslscan", "--xml=" + report, listener.hostAndPort()).hasExitCode(0);
    Document scan =
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(report.toFile());

    assertThat(elements(scan, "protocol", e -> e.getAttribute("enabled").equals("1")))
        .extracting(e -> e.getAttribute("type") + e.getAttribute("version"))
        .containsExactly("tls1.3");
    assertThat(elements(scan, "protocol", e -> e.getAttribute("enabled").equals("0")))
        .extracting(e -> e.getAttribute("type") + e.getAttribute("version"))
        .containsExactly("ssl2", "ssl3", "tls1.0", "tls1.1", "tls1.2");
    assertThat(elements(scan, "cipher", e -> true))
        .extracting(e -> e.getAttribute("cipher"))
        .containsExactlyInAnyOrder(
            "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384");
    assertThat(elements(scan, "renegotiation", e -> true))
        .extracting(e -> e.getAttribute("supported"))
        .containsExactly("0");
    assertThat(elements(scan, "compression", e -> !e.getAttribute("supported").equals("0")))
        .isEmpty();
    assertThat(elements(scan, "heartbleed", e -> true))
        .isNotEmpty()
        .extracting(e -> e.getAttribute("vulnerable"))
        .containsOnly("0");
  }

  @ParameterizedTest
  @EnumSource
  void wantsAClientCertificateAndNamesNoAuthority(Listener listener) throws Exception {
    String said =
        team.start(
                team.root(),
                Map.of("PATH", System.getenv("PATH")),
                List.of(
                    "sh",
                    "-c",
                    "(printf 'GET /v1/status HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n'; sleep 2) |"
                        + " openssl s_client -connect \"$1\" -tls1_3 2>&1",
                    "sh",
                    listener.hostAndPort()))
            .await()
            .stdout();

    assertThat(said)
        .contains("alert certificate required")
        .contains("No client certificate CA names sent")
        .contains("Compression: NONE")
        .doesNotContain("HTTP/1.1");
  }

  private static List<Element> elements(Document scan, String name, Predicate<Element> which) {
    NodeList found = scan.getElementsByTagName(name);
    Stream<Element> all =
        IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i));
    return all.filter(which).toList();
  }
}
