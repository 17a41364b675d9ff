package dev.peer.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.peer.core.id.PeerId;
import dev.peer.core.network.ProxyRules;
import dev.peer.core.trust.Credentials;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which clients of a process ask on a connection that another one opened. */
@Timeout(300)
class SharedConnectionsTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String SERVER = "spiffe://team/server";

  private static TestAuthority team;
  private static Credentials serving;

  private final Credentials client = team.issue("spiffe://team/client");
  private final AtomicReference<Instant> time = new AtomicReference<>(Instant.now());
  private final InstantSource clock = time::get;
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger requests = new AtomicInteger();
  private final Set<SSLSocket> open = ConcurrentHashMap.newKeySet();
  private SSLServerSocket server;

  @BeforeAll
  static void issue() {
    team = new TestAuthority("team");
    serving = team.issue(SERVER);
  }

  @BeforeEach
  void start() throws Exception {
    server = PlainTls.serve(serving, this::serve);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    for (SSLSocket socket : open) {
      socket.close();
    }
  }

  private void serve(SSLSocket socket) {
    connections.incrementAndGet();
    open.add(socket);
    try (socket) {
      while (true) {
        HeadReader.read(socket.getInputStream());
        requests.incrementAndGet();
        socket
            .getOutputStream()
            .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi".getBytes(US_ASCII));
      }
    } catch (IOException e) {
      // The client has left, or the test is over.
    }
  }

  @Test
  void theNextClientAsksOnTheConnectionOfTheOneBefore() throws Exception {
    for (int i = 0; i < 3; i++) {
      ask(team.peer(client, clock));
    }

    assertThat(requests).hasValue(3);
    assertThat(connections).hasValue(1);
  }

  @Test
  void aClientWithAnotherCertificateOpensItsOwn() throws Exception {
    ask(team.peer(client, clock));
    ask(team.peer(team.issue("spiffe://team/client"), clock));

    assertThat(connections).hasValue(2);
  }

  @Test
  void aClientWithOtherRevocationListsOpensItsOwn() throws Exception {
    ask(team.peer(client, clock));
    ask(new TlsIdentity(client, team.validator(team.issue("spiffe://team/gone")), clock));

    assertThat(connections).hasValue(2);
  }

  @Test
  void aClientThatExpectsThatVeryPeerOpensItsOwn() throws Exception {
    ask(team.peer(client, clock));
    for (int i = 0; i < 2; i++) {
      ask(TlsClient.ofPeer(team.peer(client, clock), new PeerId(SERVER), LONG));
    }

    assertThat(connections).hasValue(2);
  }

  @Test
  void aClientThatExpectsAnotherPeerSendsNothing() throws Exception {
    ask(team.peer(client, clock));
    PeerId other = new PeerId("spiffe://team/other");

    assertRefused(TlsClient.ofPeer(team.peer(client, clock), other, LONG));
  }

  @Test
  void nothingIsSentToAServerThatIsRevoked() throws Exception {
    TlsIdentity identity = team.peer(client, clock);
    ask(identity);
    identity.renew(client, team.validator(serving));

    assertRefused(TlsClient.ofService(identity, LONG));
  }

  /** The connection is of the same kind; only the time has changed. */
  @Test
  void nothingIsSentToAServerThatHasExpired() throws Exception {
    ask(team.peer(client, clock));
    time.set(Instant.now().plus(Duration.ofHours(25)));

    assertRefused(TlsClient.ofService(team.peer(client, clock), LONG));
  }

  private void assertRefused(TlsClient refusing) {
    assertThatExceptionOfType(ConnectionException.class)
        .isThrownBy(() -> ask(refusing))
        .extracting(ConnectionException::kind)
        .isEqualTo(ConnectionException.Kind.NOT_WHO_IT_SHOULD_BE);
    assertThat(requests).hasValue(1);
  }

  @Test
  void eachProxyHasConnectionsOfItsOwn() throws Exception {
    try (ConnectProxy one = ConnectProxy.start();
        ConnectProxy other = ConnectProxy.start()) {
      for (ConnectProxy proxy : new ConnectProxy[] {one, one, other}) {
        ProxyRules rules = ProxyRules.of(Map.of("HTTPS_PROXY", "http://" + proxy.address()));
        ask(TlsClient.ofService(team.peer(client, clock), LONG, rules), "meet.company.test");
      }

      assertThat(one.asked()).hasSize(1);
      assertThat(other.asked()).hasSize(1);
    }
    assertThat(requests).hasValue(3);
  }

  @Test
  void oneThatTheServerHasEndedLeadsToAnother() throws Exception {
    for (int i = 0; i < 3; i++) {
      ask(team.peer(client, clock));
      for (SSLSocket socket : open) {
        socket.close();
      }
    }

    assertThat(requests).hasValue(3);
    assertThat(connections).hasValue(3);
  }

  @Test
  void aClientThatIsClosedCutsOffNoCallOfAnother() throws Exception {
    CountDownLatch asked = new CountDownLatch(2);
    CountDownLatch answer = new CountDownLatch(1);
    try (SSLServerSocket slow =
            PlainTls.serve(
                serving,
                socket -> {
                  try {
                    HeadReader.read(socket.getInputStream());
                    asked.countDown();
                    answer.await();
                    socket
                        .getOutputStream()
                        .write("HTTP/1.1 204 No Content\r\n\r\n".getBytes(US_ASCII));
                  } catch (IOException | InterruptedException e) {
                    // The client has left.
                  }
                });
        TlsClient staying = TlsClient.ofService(team.peer(client, clock), LONG)) {
      TlsClient closing = TlsClient.ofService(team.peer(client, clock), LONG);
      FutureTask<Response> cut = new FutureTask<>(() -> closing.send(request(slow, "127.0.0.1")));
      FutureTask<Response> kept = new FutureTask<>(() -> staying.send(request(slow, "127.0.0.1")));
      Thread.ofVirtual().start(cut);
      Thread.ofVirtual().start(kept);
      asked.await();

      closing.close();

      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(cut::get)
          .withCauseInstanceOf(ConnectionException.class);
      answer.countDown();
      assertThat(kept.get().status()).isEqualTo(204);
    }
  }

  private void ask(TlsIdentity identity) throws Exception {
    ask(TlsClient.ofService(identity, LONG));
  }

  private void ask(TlsClient asking) throws Exception {
    ask(asking, "127.0.0.1");
  }

  /** And is closed, as a command's is at its end. */
  private void ask(TlsClient asking, String host) throws Exception {
    try (asking) {
      assertThat(asking.send(request(server, host)).body()).hasContent("hi");
    }
  }

  private static Request request(SSLServerSocket to, String host) {
    return Request.get(URI.create("https://" + host + ":" + to.getLocalPort() + "/"), LONG);
  }
}
