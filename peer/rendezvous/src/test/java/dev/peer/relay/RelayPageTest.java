package dev.peer.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.access.AccessRule;
import dev.peer.core.access.AccessRules;
import dev.peer.core.trust.Credentials;
import dev.peer.http.Https;
import dev.peer.http.Operations;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsConnection;
import dev.peer.tls.TlsConnector;
import dev.peer.wire.HttpHead;
import dev.peer.wire.InstanceId;
import dev.peer.wire.PeerAddress;
import dev.peer.wire.RelayPath;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The relay's page, over real sockets. */
@Timeout(300)
class RelayPageTest {

  private static TestAuthority team;
  private static Credentials laptop;
  private static Credentials reader;

  private volatile AccessRules rules = AccessRules.open();
  private RelayServer relay;
  private TlsConnector connector;

  @BeforeAll
  static void issue() {
    team = new TestAuthority("team");
    laptop = team.issue("spiffe://team/laptop");
    reader = team.issue("spiffe://team/reader");
  }

  @BeforeEach
  void start() throws Exception {
    relay =
        RelayServer.start(
            team.peer("spiffe://team/relay"),
            () -> rules,
            RelayLimits.DEFAULT,
            Https.LOOPBACK,
            Operations.quiet());
    connector = new TlsConnector(team.peer(laptop));
  }

  @AfterEach
  void stop() {
    connector.close();
    relay.close();
  }

  @Test
  void showsWhoIsRegisteredSinceWhen() throws Exception {
    assertThat(page("/ui/")).contains("Nobody.", "<dt>Processes registered</dt><dd>0</dd>");

    register("one");
    TlsConnection last = register("other");

    assertThat(page("/ui/"))
        .contains(
            "<dt>Processes registered</dt><dd>2</dd>",
            "<dt>Connections passed on now</dt><dd>0</dd>",
            "<dd>0 bytes, both ways</dd>",
            " s ago</time>")
        .containsPattern("(?s)spiffe://team/laptop.*spiffe://team/laptop")
        .doesNotContain("/one", "/other");
    last.cut();
    while (relay.status().registrations() > 1) {
      Thread.sleep(10);
    }
    assertThat(page("/ui/?whatever=x")).containsOnlyOnce("spiffe://team/laptop");
  }

  @Test
  void allowsThePageNothingButItsStyle() throws Exception {
    for (String path : List.of("/ui/", "/ui/style.css", "/ui/none", "/ui/results/x")) {
      Https.Answer answer = get(path);
      assertThat(answer.header("Content-Security-Policy").orElse(""))
          .as(path)
          .startsWith("default-src 'none'; style-src 'self';");
    }
    for (String path : List.of("/ui/", "/v1/status", "/v1/none")) {
      assertThat(get(path).header("X-Content-Type-Options")).as(path).contains("nosniff");
    }
    assertThat(get("/ui/style.css").header("Content-Type")).contains("text/css; charset=utf-8");
    assertThat(get("/ui/none").status()).isEqualTo(404);
    assertThat(get("/").status()).isEqualTo(303);
    assertThat(get("/").header("Location")).contains("/ui/");
  }

  @Test
  void hasNoOtherMethod() throws Exception {
    try (Https client = new Https(team.peer(reader), relay.address())) {
      assertThat(client.send("POST", "/ui/").status()).isEqualTo(405);
    }
  }

  @Test
  void showsNothingToAMemberWhoMayNotAskForPeers() throws Exception {
    register("one");
    rules =
        new AccessRules(
            AccessRule.parse("uri:spiffe://team/other"), AccessRule.anyone(), AccessRule.anyone());

    Https.Answer answer = get("/ui/");
    assertThat(answer.status()).isEqualTo(403);
    assertThat(new String(answer.body(), UTF_8))
        .startsWith("<!DOCTYPE html>")
        .contains("spiffe://team/reader may not fetch at spiffe://team/relay")
        .doesNotContain("laptop", "registered</dt>");
  }

  @Test
  void showsNothingToAStranger() {
    Credentials stranger = new TestAuthority("other").issue("spiffe://team/reader");
    assertThatThrownBy(
            () -> {
              try (Https client = new Https(team.peer(stranger), relay.address())) {
                client.send("GET", "/ui/");
              }
            })
        .isInstanceOf(IOException.class);
  }

  private TlsConnection register(String instance) throws Exception {
    TlsConnection connection =
        connector.connect(URI.create("" + PeerAddress.of(relay.address())), Duration.ofSeconds(30));
    connection.out().write(new RelayPath.Registration(new InstanceId(instance)).upgrade("x"));
    assertThat(RelayPath.isUpgraded(HttpHead.read(connection.in()))).isTrue();
    return connection;
  }

  private String page(String path) throws Exception {
    Https.Answer answer = get(path);
    assertThat(answer.status()).as(path).isEqualTo(200);
    assertThat(answer.header("Content-Type")).contains("text/html; charset=utf-8");
    return new String(answer.body(), UTF_8);
  }

  private Https.Answer get(String path) throws Exception {
    try (Https client = new Https(team.peer(reader), relay.address())) {
      return client.send("GET", path);
    }
  }
}
