package dev.peer.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.trust.Credentials;
import dev.peer.tls.ConnectionException;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsIdentity;
import dev.peer.tls.TlsListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What the clients of one process know of a server, one after another, each on a new connection.
 */
@Timeout(300)
class ClientSessionsTest {

  private static TestAuthority team;
  private static Credentials serving;

  private final Credentials client = team.issue("spiffe://team/client");
  private final AtomicReference<Instant> time = new AtomicReference<>(Instant.now());
  private final InstantSource clock = time::get;
  private TlsListener listener;
  private HttpsServer server;

  @BeforeAll
  static void issue() {
    team = new TestAuthority("team");
    serving = team.issue("spiffe://team/server");
  }

  @BeforeEach
  void start() throws Exception {
    listener = new TlsListener(team.peer(serving));
    Service service = call -> call.answer(200, "text/plain", "hello".getBytes(US_ASCII));
    server = HttpsServer.start(listener, Https.LOOPBACK, ServerLimits.PEER, service);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void resumesTheSessionOfTheClientBefore() throws Exception {
    ask(team.peer(client, clock));
    ask(team.peer(client, clock));
    ask(team.peer(client, clock));

    assertThat(listener.handshakes().accepted()).isEqualTo(1);
  }

  @Test
  void resumesTheSessionsOfEachServerOfAHost() throws Exception {
    TlsListener another = new TlsListener(team.peer(serving));
    Service service = call -> call.answer(200, "text/plain", "hello".getBytes(US_ASCII));
    try (HttpsServer beside =
        HttpsServer.start(another, Https.LOOPBACK, ServerLimits.PEER, service)) {
      for (int i = 0; i < 3; i++) {
        ask(team.peer(client, clock));
        ask(team.peer(client, clock), beside);
      }
    }

    assertThat(listener.handshakes().accepted()).isEqualTo(1);
    assertThat(another.handshakes().accepted()).isEqualTo(1);
  }

  @Test
  void aConnectionHasOneSocketAtEachEnd() throws Exception {
    ask(team.peer(client, clock));
    long before = descriptors();
    List<Https> open = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Https https = new Https(team.peer(client, clock), server.address());
      open.add(https);
      https.open("/");
    }

    long after = descriptors();

    open.forEach(Https::close);
    assertThat(after - before).isLessThan(50);
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    }
  }

  @Test
  void resumesNoSessionOfAnotherCertificate() throws Exception {
    ask(team.peer(client, clock));
    ask(team.peer(team.issue("spiffe://team/other"), clock));

    assertThat(listener.handshakes().accepted()).isEqualTo(2);
  }

  @Test
  void resumesNoSessionThatOtherRulesAllowed() throws Exception {
    ask(team.peer(client, clock));
    ask(new TlsIdentity(client, team.validator(team.issue("spiffe://team/gone")), clock));

    assertThat(listener.handshakes().accepted()).isEqualTo(2);
  }

  @Test
  void resumesNoSessionAfterAReload() throws Exception {
    TlsIdentity identity = team.peer(client, clock);
    ask(identity);
    identity.renew(client, team.validator(serving));

    assertThatThrownBy(() -> ask(identity))
        .isInstanceOf(ConnectionException.class)
        .hasMessageContaining("was revoked");
  }

  /** The JDK resumes it without asking whether the server is still trusted. */
  @Test
  void resumesNoSessionWithAServerThatHasExpired() throws Exception {
    ask(team.peer(client, clock));
    time.set(Instant.now().plus(Duration.ofHours(25)));

    assertThatThrownBy(() -> ask(team.peer(client, clock)))
        .isInstanceOfSatisfying(
            ConnectionException.class,
            e -> assertThat(e.kind()).isEqualTo(ConnectionException.Kind.NOT_WHO_IT_SHOULD_BE));
  }

  private void ask(TlsIdentity identity) throws Exception {
    ask(identity, server);
  }

  private static void ask(TlsIdentity identity, HttpsServer server) throws Exception {
    try (Https https = new Https(identity, server.address())) {
      assertThat(https.send("GET", "/", "Connection", "close").body())
          .isEqualTo("hello".getBytes(US_ASCII));
    }
  }
}
