package dev.peer.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.id.PeerId;
import dev.peer.core.trust.Credentials;
import dev.peer.pki.issue.KeyType;
import dev.peer.pki.issue.Purpose;
import dev.peer.tls.ConnectionException;
import dev.peer.tls.PlainTls;
import dev.peer.tls.Request;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsClient;
import dev.peer.tls.TlsIdentity;
import dev.peer.tls.TlsListener;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who gets through to a server and who does not, over real sockets. */
@Timeout(300)
class TransportTest {

  /** The word of a refusal may be lost on the way; see the kinds' own words. */
  private static final Set<ConnectionException.Kind> REFUSALS =
      Set.of(ConnectionException.Kind.REFUSED_US, ConnectionException.Kind.BROKEN_OFF);

  private static TestAuthority team;
  private static TestAuthority strangers;
  private static Credentials client;

  private final AtomicReference<Instant> clock = new AtomicReference<>(Instant.now());
  private HttpsServer server;

  @BeforeAll
  static void issue() {
    team = new TestAuthority("team");
    strangers = new TestAuthority("strangers");
    client = team.issue("spiffe://team/client");
  }

  @BeforeEach
  void start() throws Exception {
    server = start(team.peer(team.issue("spiffe://team/server"), clock::get), ServerLimits.PEER);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void letsInWhoTheAuthorityVouchesFor() throws Exception {
    assertThat(ask(team.peer(client), server)).isEqualTo("hello spiffe://team/client");
  }

  @ParameterizedTest
  @EnumSource(KeyType.class)
  void takesEveryKindOfKeyOnBothSides(KeyType type) throws Exception {
    TlsIdentity any =
        team.peer(team.issue(TestAuthority.request("spiffe://team/any").keyType(type)));
    try (HttpsServer other = start(any, ServerLimits.PEER)) {
      assertThat(ask(any, other)).isEqualTo("hello spiffe://team/any");
    }
  }

  @Test
  void refusesAClientWithoutACertificate() {
    assertThatThrownBy(() -> raw(PlainTls.context(null), "TLSv1.3", server.address()))
        .isInstanceOf(IOException.class);
  }

  @Test
  void refusesAClientOfAnotherAuthority() {
    TlsIdentity stranger = team.peer(strangers.issue("spiffe://team/client"));

    assertThatThrownBy(() -> ask(stranger, server))
        .isInstanceOfSatisfying(ConnectionException.class, e -> assertThat(e.kind()).isIn(REFUSALS))
        .hasMessageContaining("our certificate");
  }

  @Test
  void refusesAClientWhoseCertificateIsForServersOnly() {
    Credentials serverOnly =
        team.issue(TestAuthority.request("spiffe://team/x").purposes(Purpose.SERVER_AUTH));

    assertThatThrownBy(() -> ask(team.peer(serverOnly), server))
        .hasMessageContaining("our certificate");
  }

  @Test
  void refusesOlderTls() {
    assertThatThrownBy(() -> raw(PlainTls.context(client), "TLSv1.2", server.address()))
        .isInstanceOf(SSLException.class)
        .hasMessageContaining("protocol_version");
  }

  @Test
  void refusesAClientThatExpiresWithItsConnectionOpen() throws Exception {
    try (Https https = new Https(team.peer(client), server.address())) {
      assertThat(https.send("GET", "/").status()).isEqualTo(200);
      clock.set(Instant.now().plus(Duration.ofHours(25)));

      assertThat(https.send("GET", "/").status()).isEqualTo(403);
    }
  }

  @Test
  void noAnswerIsTakenForAnotherType() throws Exception {
    try (Https https = new Https(team.peer(client), server.address())) {
      Https.Answer answer = https.send("GET", "/");
      clock.set(Instant.now().plus(Duration.ofHours(25)));
      Https.Answer refusal = https.send("GET", "/");

      assertThat(refusal.status()).isEqualTo(403);
      assertThat(List.of(answer, refusal))
          .allSatisfy(one -> assertThat(one.header("X-Content-Type-Options")).contains("nosniff"));
    }
  }

  @Test
  void refusesAnExpiredClientThatResumesItsSession() throws Exception {
    SSLContext context = PlainTls.context(client);
    assertThat(raw(context, "TLSv1.3", server.address())).startsWith("HTTP/1.1 200");
    clock.set(Instant.now().plus(Duration.ofHours(25)));

    String answer;
    try {
      answer = raw(context, "TLSv1.3", server.address());
    } catch (IOException e) {
      answer = "";
    }
    assertThat(answer).doesNotStartWith("HTTP/1.1 200");
  }

  @Test
  void doesNotTalkToAServerOfAnotherAuthority() throws Exception {
    TlsIdentity other = strangers.peer(strangers.issue("spiffe://team/server"));
    try (HttpsServer stranger = start(other, ServerLimits.PEER)) {
      assertThatThrownBy(() -> ask(team.peer(client), stranger))
          .isInstanceOfSatisfying(
              ConnectionException.class,
              e -> assertThat(e.kind()).isEqualTo(ConnectionException.Kind.NOT_WHO_IT_SHOULD_BE))
          .hasMessageContaining("its certificate is not trusted: ");
    }
  }

  @Test
  void doesNotTalkToAnotherPeerThanTheExpectedOne() throws Exception {
    PeerId expected = new PeerId("spiffe://team/other");
    try (TlsClient https = TlsClient.ofPeer(team.peer(client), expected, Duration.ofSeconds(20))) {
      assertThatThrownBy(() -> https.send(request(server.address())))
          .hasMessageContaining("it is spiffe://team/server, not spiffe://team/other");
    }
  }

  @Test
  void talksToTheExpectedPeerAtAnyAddress() throws Exception {
    PeerId expected = new PeerId("spiffe://team/server");
    try (TlsClient https = TlsClient.ofPeer(team.peer(client), expected, Duration.ofSeconds(20))) {
      URI uri = URI.create("https://localhost:" + server.address().getPort() + "/");
      Request request = Request.get(uri, Duration.ofSeconds(20));
      assertThat(https.send(request).status()).isEqualTo(200);
    }
  }

  @Test
  void doesNotTalkToAServerWithOlderTls() throws Exception {
    SSLContext context = PlainTls.context(team.issue("spiffe://team/server"));
    try (SSLServerSocket old =
        (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0)) {
      old.setEnabledProtocols(new String[] {"TLSv1.2"});
      Thread.ofVirtual()
          .start(
              () -> {
                try (Socket socket = old.accept()) {
                  socket.getInputStream().read();
                } catch (IOException e) {
                  // The client turned away, as it should.
                }
              });

      assertThatThrownBy(() -> ask(team.peer(client), old.getLocalPort()))
          .hasMessageContaining("it does not speak TLS 1.3");
    }
  }

  @Test
  void saysThatAServerDoesNotSpeakTls() throws Exception {
    try (ServerSocket plain = new ServerSocket(0)) {
      Thread.ofVirtual()
          .start(
              () -> {
                try (Socket socket = plain.accept()) {
                  socket.getOutputStream().write("HTTP/1.1 400 Bad\r\n\r\n".getBytes(US_ASCII));
                  socket.getInputStream().readAllBytes();
                } catch (IOException e) {
                  // The client turned away, as it should.
                }
              });

      assertThatThrownBy(() -> ask(team.peer(client), plain.getLocalPort()))
          .hasMessageContaining("it does not speak TLS");
    }
  }

  @Test
  void saysThatNobodyListens() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }

    assertThatThrownBy(() -> ask(team.peer(client), port))
        .isInstanceOfSatisfying(
            ConnectionException.class,
            e -> assertThat(e.kind()).isEqualTo(ConnectionException.Kind.UNREACHABLE))
        .hasMessage("127.0.0.1:" + port + ": connection refused");
  }

  @Test
  void saysThatAHostIsUnknown() throws Exception {
    Request request = Request.get(URI.create("https://nowhere.invalid:1/"), Duration.ofSeconds(20));
    try (TlsClient https = TlsClient.ofService(team.peer(client), Duration.ofSeconds(20))) {
      assertThatThrownBy(() -> https.send(request)).hasMessage("nowhere.invalid:1: unknown host");
    }
  }

  @Test
  void saysThatAServerBrokeOff() throws Exception {
    try (ServerSocket plain = new ServerSocket(0)) {
      Thread.ofVirtual().start(() -> breakOff(plain));

      assertThatThrownBy(() -> ask(team.peer(client), plain.getLocalPort()))
          .isInstanceOfSatisfying(
              ConnectionException.class,
              e -> assertThat(e.kind()).isEqualTo(ConnectionException.Kind.BROKEN_OFF))
          .hasMessageContaining("broke off without an answer");
    }
  }

  @Test
  void saysThatAServerDoesNotAnswerInTime() throws Exception {
    try (ServerSocket silent = new ServerSocket(0)) {
      URI uri = URI.create("https://127.0.0.1:" + silent.getLocalPort() + "/");
      Request request = Request.get(uri, Duration.ofMillis(100));
      try (TlsClient https = TlsClient.ofService(team.peer(client), Duration.ofSeconds(20))) {
        assertThatThrownBy(() -> https.send(request)).hasMessageContaining("in time");
      }
    }
  }

  @Test
  void closesAConnectionThatSaysNothing() throws Exception {
    ServerLimits impatient =
        new ServerLimits(10, Duration.ofMillis(200), Duration.ofMillis(200), Duration.ZERO);
    try (HttpsServer other = start(team.peer("spiffe://team/server"), impatient);
        Socket socket = new Socket()) {
      socket.connect(other.address());

      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void connectionsWithoutACertificateTakeNoPlaceFromOthers() throws Exception {
    ServerLimits few =
        new ServerLimits(8, Duration.ofMinutes(5), Duration.ofMinutes(5), Duration.ZERO);
    List<Socket> strangers = new ArrayList<>();
    try (HttpsServer other = start(team.peer("spiffe://team/server"), few)) {
      for (int i = 0; i < 40; i++) {
        Socket stranger = new Socket();
        strangers.add(stranger);
        stranger.connect(other.address());
      }

      assertThat(ask(team.peer(client), other)).startsWith("hello ");

      assertThat(strangers.getFirst().getInputStream().read()).isEqualTo(-1);
    } finally {
      for (Socket stranger : strangers) {
        stranger.close();
      }
    }
  }

  @Test
  void closesAConnectionThatStopsWithinARequest() throws Exception {
    ServerLimits impatient =
        new ServerLimits(10, Duration.ofMillis(500), Duration.ofMillis(500), Duration.ZERO);
    try (HttpsServer other = start(team.peer("spiffe://team/server"), impatient);
        SSLSocket socket = (SSLSocket) PlainTls.context(client).getSocketFactory().createSocket()) {
      socket.connect(other.address());
      socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\nX-Slow".getBytes(US_ASCII));

      assertThat(read(socket)).doesNotContain("200 OK");
    } catch (SSLException | SocketException e) {
      // Cut before all of it was sent.
      return;
    }
  }

  @Test
  void givesUpOnACallerThatDoesNotTakeTheAnswer() throws Exception {
    CountDownLatch gaveUp = new CountDownLatch(1);
    ServerLimits impatient =
        new ServerLimits(10, Duration.ofMinutes(1), Duration.ofSeconds(3), Duration.ZERO);
    Service endless =
        call -> {
          try {
            call.answer(200, "text/plain", new byte[64 << 20]);
          } catch (IOException e) {
            gaveUp.countDown();
            throw e;
          }
        };
    TlsListener listener = new TlsListener(team.peer("spiffe://team/server"));
    try (HttpsServer other = HttpsServer.start(listener, Https.LOOPBACK, impatient, endless);
        SSLSocket socket = (SSLSocket) PlainTls.context(client).getSocketFactory().createSocket()) {
      socket.connect(other.address());
      socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII));

      gaveUp.await();
    }
  }

  @Test
  void refusesHeadersThatAreTooLarge() throws Exception {
    try (Https https = new Https(team.peer(client), server.address())) {
      assertThatThrownBy(
              () -> {
                int status = https.send("GET", "/", "X-Large", "x".repeat(20_000)).status();
                throw new IOException("status " + status);
              })
          .isInstanceOf(IOException.class)
          .hasMessageNotContaining("status 200");
    }
  }

  @Test
  void finishesWhatIsUnderWayWhenItStops() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch stopping = new CountDownLatch(1);
    Service slow =
        call -> {
          begun.countDown();
          try {
            stopping.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          call.answer(200, "text/plain", new byte[] {'x'});
        };
    TlsListener listener = new TlsListener(team.peer("spiffe://team/server"));
    ServerLimits patient =
        new ServerLimits(10, Duration.ofSeconds(9), Duration.ofSeconds(9), Duration.ofSeconds(9));
    HttpsServer other = HttpsServer.start(listener, Https.LOOPBACK, patient, slow);
    Thread closing =
        Thread.ofVirtual()
            .unstarted(
                () -> {
                  stopping.countDown();
                  other.close();
                });
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                begun.await();
                closing.start();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });

    assertThat(ask(team.peer(client), other)).isEqualTo("x");
    closing.join();
  }

  @Test
  void breaksOffWhatDoesNotEndWhenItStops() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    Service stuck =
        call -> {
          begun.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
        };
    TlsListener listener = new TlsListener(team.peer("spiffe://team/server"));
    ServerLimits hasty =
        new ServerLimits(10, Duration.ofSeconds(9), Duration.ofSeconds(9), Duration.ofMillis(50));
    HttpsServer other = HttpsServer.start(listener, Https.LOOPBACK, hasty, stuck);
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                begun.await();
                other.close();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });

    assertThatThrownBy(() -> ask(team.peer(client), other)).isInstanceOf(ConnectionException.class);
  }

  private static HttpsServer start(TlsIdentity identity, ServerLimits limits) throws IOException {
    return HttpsServer.start(
        new TlsListener(identity),
        Https.LOOPBACK,
        limits,
        call -> call.answer(200, "text/plain", ("hello " + call.caller().id()).getBytes(US_ASCII)));
  }

  private static String ask(TlsIdentity identity, HttpsServer server) throws Exception {
    return ask(identity, server.address().getPort());
  }

  private static String ask(TlsIdentity identity, int port) throws Exception {
    try (TlsClient https = TlsClient.ofService(identity, Duration.ofSeconds(20))) {
      InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      return new String(https.send(request(address)).body().readAllBytes(), US_ASCII);
    }
  }

  private static Request request(InetSocketAddress address) {
    return Request.get(
        URI.create("https://127.0.0.1:" + address.getPort() + "/"), Duration.ofSeconds(20));
  }

  /** Asks without any of our own code. */
  private static String raw(SSLContext context, String protocol, InetSocketAddress server)
      throws IOException {
    try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket()) {
      socket.setEnabledProtocols(new String[] {protocol});
      socket.connect(server);
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
      return read(socket);
    }
  }

  private static String read(Socket socket) throws IOException {
    try (InputStream in = socket.getInputStream()) {
      return new String(in.readAllBytes(), US_ASCII);
    }
  }

  private static void breakOff(ServerSocket server) {
    try {
      while (true) {
        try (Socket socket = server.accept()) {
          socket.getInputStream().read();
        }
      }
    } catch (IOException e) {
      // The test is over.
    }
  }
}
