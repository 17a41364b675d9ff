package dev.peer.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.trust.Credentials;
import dev.peer.metrics.Metrics;
import dev.peer.tls.PlainTls;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsListener;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What no client of ours would send, from one whose certificate is good, over real sockets. */
@Timeout(300)
class HostileRequestsTest {

  private static final ServerLimits LIMITS =
      new ServerLimits(50, Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ZERO);

  /** Behind each request: whoever reads the wrong end of one would do this. */
  private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";

  private static TestAuthority team;
  private static Credentials client;

  private final List<String> served = new CopyOnWriteArrayList<>();
  private HttpsServer server;

  @BeforeAll
  static void issue() {
    team = new TestAuthority("team");
    client = team.issue("spiffe://team/client");
  }

  @BeforeEach
  void start() throws Exception {
    server = start(LIMITS);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void servesWhatIsWellFormed() throws Exception {
    assertThat(send("PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello" + SMUGGLED))
        .startsWith("HTTP/1.1 200 OK\r\n");
    assertThat(served).containsExactly("PUT /a hello", "GET /smuggled ");
  }

  /** Who is not told waits for the end of the connection. */
  @Test
  void tellsAnOldClientWhetherTheConnectionStaysOpen() throws Exception {
    String get = "GET /a HTTP/1.0\r\nHost: x\r\n";

    assertThat(send(get + "Connection: keep-alive\r\n\r\n" + get + "\r\n"))
        .containsOnlyOnce("Connection: keep-alive\r\n")
        .containsOnlyOnce("Connection: close\r\n");
    assertThat(served).containsExactly("GET /a ", "GET /a ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Two ways to say where the body ends
        "PUT / HTTP/1.1|Host: x|Content-Length: 5|Transfer-Encoding: chunked||0||",
        "PUT / HTTP/1.1|Host: x|Transfer-Encoding: chunked|Content-Length: 5||0||",
        "PUT / HTTP/1.1|Host: x|Content-Length: 0|Content-Length: 5||hello",
        "PUT / HTTP/1.1|Host: x|Content-Length: 5|Content-Length: 5||hello",
        "PUT / HTTP/1.1|Host: x|Content-Length: 5, 5||hello",
        "PUT / HTTP/1.1|Host: x|Content-Length: +5||hello",
        "PUT / HTTP/1.1|Host: x|Content-Length: -5||hello",
        "PUT / HTTP/1.1|Host: x|Content-Length: 0x5||hello",
        "PUT / HTTP/1.1|Host: x|Content-Length: 99999999999999999999||hello",
        "PUT / HTTP/1.1|Host: x|Content-Length:||hello",
        "PUT / HTTP/1.1|Host: x|Transfer-Encoding: chunked||5|hello|0||",
        "PUT / HTTP/1.1|Host: x|Transfer-Encoding: gzip, chunked||0||",
        "PUT / HTTP/1.1|Host: x|Transfer-Encoding: chunked|Transfer-Encoding: identity||0||",
        "PUT / HTTP/1.1|Host: x|Transfer-Encoding: xchunked||0||",
        "PUT / HTTP/1.1|Host: x|Transfer-Encoding: identity||hello",
        "PUT / HTTP/1.1|Host: x|Transfer-Encoding : chunked||0||",
        "PUT / HTTP/1.1|Host: x|Transfer-Encoding:\u000bchunked||0||",
        "PUT / HTTP/1.0|Host: x|Transfer-Encoding: chunked||0||",
        // Chunks
        "PUT / HTTP/1.1|Host: x|Transfer-Encoding: chunked||x|hello|0||",
        "PUT / HTTP/1.1|Host: x|Transfer-Encoding: chunked||-5|hello|0||",
        "PUT / HTTP/1.1|Host: x|Transfer-Encoding: chunked||fffffffffffffffff|hello|0||",
        "PUT / HTTP/1.1|Host: x|Transfer-Encoding: chunked||2|hello|0||",
        // Other forms of a target
        "GET http://elsewhere/ HTTP/1.1|Host: x||",
        "GET https://x/ HTTP/1.1|Host: x||",
        "GET a HTTP/1.1|Host: x||",
        "GET * HTTP/1.1|Host: x||",
        "GET  HTTP/1.1|Host: x||",
        "CONNECT elsewhere:443 HTTP/1.1|Host: elsewhere:443||",
        "CONNECT / HTTP/1.1|Host: x||",
        // Hosts
        "GET / HTTP/1.1||",
        "GET / HTTP/1.1|Host: x|Host: y||",
        // Other protocols
        "GET /|",
        "GET / HTTP/0.9|Host: x||",
        "GET / HTTP/2.0|Host: x||",
        "GET / ICY/1.1|Host: x||",
        "PRI * HTTP/2.0||SM||",
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003",
        // Headers
        "GET / HTTP/1.1|Host: x| folded: x||",
        "GET / HTTP/1.1|Host: x|No-Colon||",
        "GET / HTTP/1.1|Host: x|Bad\u0000Name: x||",
        "GET / HTTP/1.1|Host: x|Name: a\u0000b||",
        "GET / HTTP/1.1|Host: x|: empty||",
        "G\u0000T / HTTP/1.1|Host: x||",
        "GET /\u0000 HTTP/1.1|Host: x||",
        "GET /\u00ff HTTP/1.1|Host: x||"
      })
  void refusesWhatIsNotWellFormed(String request) throws Exception {
    String answer = send(request.replace("|", "\r\n") + SMUGGLED);

    assertThat(answer)
        .satisfiesAnyOf(
            a -> assertThat(a).isEmpty(),
            a -> assertThat(a).matches("(?s)HTTP/[0-9.]+ 4\\d\\d .*"));
    assertThat(answer.split("HTTP/[0-9.]+ [0-9]", -1)).hasSizeLessThanOrEqualTo(2);
    assertThat(served).isEmpty();
    assertTellsNothing(answer);
  }

  @Test
  void speaksNothingElseThoughAskedTo() throws Exception {
    String answer =
        send(
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                + "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n"
                + SMUGGLED);

    assertThat(answer.lines()).filteredOn(line -> line.startsWith("HTTP/")).hasSize(2);
    assertThat(answer).doesNotContain("HTTP/1.1 101");
    assertThat(send("TRACE / HTTP/1.1\r\nHost: x\r\nX-Secret: y\r\n\r\n"))
        .startsWith("HTTP/1.1 405 ")
        .doesNotContain("X-Secret");
  }

  @Test
  void refusesWhatIsTooLarge() throws Exception {
    assertRefused("GET /" + "a".repeat(100_000) + " HTTP/1.1\r\nHost: x\r\n\r\n");
    assertRefused("GET /?" + "a=b&".repeat(30_000) + " HTTP/1.1\r\nHost: x\r\n\r\n");
    assertRefused("GET / HTTP/1.1\r\nHost: x\r\n" + "A: b\r\n".repeat(1_000) + "\r\n");
    assertRefused("GET / HTTP/1.1\r\nHost: x\r\nA: " + "b".repeat(100_000) + "\r\n\r\n");
    assertRefused("GET / HTTP/1.1\r\nHost: x\r\nCookie: " + "a=b; ".repeat(30_000) + "\r\n\r\n");
    assertRefused("A".repeat(100_000));
    assertRefused("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000000\r\n\r\nhello");
    String chunk = "fff\r\n" + "x".repeat(0xfff) + "\r\n";
    assertRefused(
        "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk.repeat(100));
    assertThat(served).isEmpty();
  }

  @Test
  void tellsNothingOfAFaultOfItsOwn() throws Exception {
    String answer = send("GET /fault HTTP/1.1\r\nHost: x\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 500 ").contains("\"detail\":\"see the server's log\"");
    assertTellsNothing(answer);
  }

  @Test
  void cutsARequestWhoseBodyTricklesIn() throws Exception {
    assertCutWhileSending(
        "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\n", "x", 10_000);
  }

  @Test
  void cutsARequestWhoseHeadTricklesIn() throws Exception {
    assertCutWhileSending("GET / HTTP/1.1\r\nHost: x\r\n", "A: b\r\n", 50);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void cutsACallerThatTakesTheAnswerInTrickles(boolean prompt) throws Exception {
    CountDownLatch cut = new CountDownLatch(1);
    ServerLimits hasty =
        new ServerLimits(10, Duration.ofSeconds(20), Duration.ofSeconds(1), Duration.ZERO);
    Service large = call -> call.answer(200, "text/plain", new byte[64 << 20]);
    RequestLog log =
        request -> {
          if (request.outcome().status().isEmpty()) {
            cut.countDown();
          }
        };
    TlsListener listener = new TlsListener(team.peer("spiffe://team/server"));
    try (HttpsServer other =
            HttpsServer.start(
                listener,
                new ServerSettings(
                    Https.LOOPBACK, hasty, new Operations(new Metrics(), List.of(), log)),
                prompt ? Https.prompt(large) : large);
        SSLSocket socket = connect(other)) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(ISO_8859_1));
      while (!cut.await(100, TimeUnit.MILLISECONDS)) {
        assertThat(socket.getInputStream().read(new byte[1024])).isPositive();
      }
    }
    assertThat(cut.getCount()).isZero();
  }

  /** Who has no certificate cannot get beyond a handshake: that one has a time too. */
  @Test
  void cutsAHandshakeThatTricklesIn() throws Exception {
    ServerLimits hasty =
        new ServerLimits(10, Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ZERO);
    try (HttpsServer other = start(hasty);
        Socket socket = new Socket()) {
      socket.connect(other.address());
      Thread reader = Thread.ofVirtual().start(() -> read(socket));
      // A record of 16 KiB, which begins a ClientHello as long.
      socket.getOutputStream().write(HexFormat.of().parseHex("160301400001003ffc0303"));
      for (int i = 0; i < 16_000 && reader.isAlive(); i++) {
        socket.getOutputStream().write(0);
        reader.join(Duration.ofMillis(100));
      }
      assertThat(reader.join(Duration.ofSeconds(20))).as("cut off").isTrue();
    } catch (SocketException e) {
      assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe|closed).*");
    }
  }

  private void assertCutWhileSending(String begin, String piece, int pieces) throws Exception {
    ServerLimits hasty =
        new ServerLimits(10, Duration.ofSeconds(1), Duration.ofSeconds(20), Duration.ZERO);
    try (HttpsServer other = start(hasty);
        SSLSocket socket = connect(other)) {
      OutputStream out = socket.getOutputStream();
      out.write(begin.getBytes(ISO_8859_1));
      Thread reader = Thread.ofVirtual().start(() -> read(socket));
      for (int i = 0; i < pieces && reader.isAlive(); i++) {
        out.write(piece.getBytes(ISO_8859_1));
        reader.join(Duration.ofMillis(200));
      }
      assertThat(reader.join(Duration.ofSeconds(20))).as("cut off").isTrue();
    } catch (IOException e) {
      // Cut off while something was sent.
      assertThat(e).isInstanceOfAny(SSLException.class, SocketException.class);
    }
    assertThat(served).isEmpty();
  }

  private void assertRefused(String request) throws Exception {
    String answer = send(request);
    assertThat(answer).matches("(?s)|HTTP/1[.]1 4\\d\\d .*");
    assertTellsNothing(answer);
  }

  private static void assertTellsNothing(String answer) {
    assertThat(answer)
        .doesNotContainPattern("Exception|\\bat [a-z]+[.]|[.]java|undertow|/(home|work|tmp|root)/");
  }

  /** All that comes back until the server closes, which it is asked to at the end. */
  private String send(String request) throws Exception {
    try (SSLSocket socket = connect(server)) {
      try {
        socket.getOutputStream().write(request.getBytes(ISO_8859_1));
        socket.shutdownOutput();
      } catch (IOException e) {
        // It has closed already.
        return read(socket);
      }
      return read(socket);
    }
  }

  private static SSLSocket connect(HttpsServer to) throws Exception {
    SSLSocket socket = (SSLSocket) PlainTls.context(client).getSocketFactory().createSocket();
    socket.setEnabledProtocols(new String[] {"TLSv1.3"});
    socket.connect(to.address());
    return socket;
  }

  private static String read(Socket socket) {
    StringBuilder answer = new StringBuilder();
    try {
      byte[] buffer = new byte[4096];
      for (int n = socket.getInputStream().read(buffer);
          n >= 0;
          n = socket.getInputStream().read(buffer)) {
        answer.append(new String(buffer, 0, n, ISO_8859_1));
      }
    } catch (IOException e) {
      // Cut off: what came before counts.
      return answer.toString();
    }
    return answer.toString();
  }

  private HttpsServer start(ServerLimits limits) throws IOException {
    return HttpsServer.start(
        new TlsListener(team.peer("spiffe://team/server")),
        Https.LOOPBACK,
        limits,
        call -> {
          call.requireMethod("GET", "PUT");
          if (call.path().equals("/fault")) {
            throw new IllegalStateException("in /home/somebody/secret");
          }
          String body = new String(call.body(1000), ISO_8859_1);
          served.add(call.method() + " " + call.path() + " " + body);
          call.answer(200, "text/plain", new byte[0]);
        });
  }
}
