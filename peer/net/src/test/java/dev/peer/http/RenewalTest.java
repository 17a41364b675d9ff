package dev.peer.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.access.AccessRule;
import dev.peer.core.access.AccessRules;
import dev.peer.core.access.Verb;
import dev.peer.core.trust.Credentials;
import dev.peer.tls.PlainTls;
import dev.peer.tls.Request;
import dev.peer.tls.Response;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsClient;
import dev.peer.tls.TlsIdentity;
import dev.peer.tls.TlsListener;
import java.io.IOException;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a change of certificates, authorities, revocations and rules does to open connections. */
@Timeout(300)
class RenewalTest {

  /** More than the buffers between the two ends take. */
  private static final byte[] LARGE = new byte[64 << 20];

  private static final AccessRules NOBODY =
      new AccessRules(AccessRule.parse(""), AccessRule.parse(""), AccessRule.parse(""));

  static TestAuthority team;
  static Credentials serving;
  static Credentials mallory;
  private static Credentials alice;

  private final AtomicReference<AccessRules> rules = new AtomicReference<>(AccessRules.open());
  private TlsIdentity identity;
  private HttpsServer server;

  @BeforeAll
  static void issue() {
    team = new TestAuthority("team");
    serving = team.issue("spiffe://team/server");
    mallory = team.issue("spiffe://team/mallory");
    alice = team.issue("spiffe://team/alice");
  }

  @BeforeEach
  void start() throws Exception {
    identity = team.peer(serving);
    server =
        HttpsServer.start(new TlsListener(identity), Https.LOOPBACK, ServerLimits.PEER, service());
  }

  /** Answers who may fetch, with a little or with much. */
  Service service() {
    return this::answer;
  }

  TlsIdentity identity() {
    return identity;
  }

  @AfterEach
  void stop() {
    server.close();
  }

  final void answer(HttpCall call) throws ProblemException, IOException {
    call.require(rules::get, Verb.FETCH);
    boolean large = call.path().equals("/large");
    call.answer(200, "text/plain", large ? LARGE : ("" + call.caller().id()).getBytes(US_ASCII));
  }

  @Test
  void refusesWhoIsRevokedOnAConnectionThatWasKept() throws Exception {
    try (SSLSocket kept = connect(PlainTls.context(mallory));
        SSLSocket other = connect(PlainTls.context(alice))) {
      assertThat(ask(kept, "/")).startsWith("HTTP/1.1 200");
      assertThat(ask(other, "/")).startsWith("HTTP/1.1 200");

      identity.renew(serving, team.validator(mallory));

      assertThat(ask(kept, "/")).startsWith("HTTP/1.1 403").contains("was revoked");
      assertThat(ask(other, "/")).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void refusesWhoIsRevokedOnANewConnection() throws Exception {
    identity.renew(serving, team.validator(mallory));

    assertThat(answerTo(PlainTls.context(mallory))).doesNotStartWith("HTTP/1.1 200");
    assertThat(answerTo(PlainTls.context(alice))).startsWith("HTTP/1.1 200");
  }

  @Test
  void refusesWhoIsRevokedAndResumesASession() throws Exception {
    AtomicInteger handshakes = new AtomicInteger();
    SSLContext context = PlainTls.context(mallory, handshakes);
    assertThat(answerTo(context)).startsWith("HTTP/1.1 200");
    assertThat(answerTo(context)).startsWith("HTTP/1.1 200");
    assertThat(handshakes).as("the second was resumed").hasValue(1);

    identity.renew(serving, team.validator(mallory));

    assertThat(answerTo(context)).doesNotStartWith("HTTP/1.1 200");
  }

  @Test
  void resumesNoSessionThatWasBegunBeforeAChange() throws Exception {
    AtomicInteger handshakes = new AtomicInteger();
    SSLContext context = PlainTls.context(alice, handshakes);
    assertThat(answerTo(context)).startsWith("HTTP/1.1 200");

    identity.renew(serving, team.validator(mallory));

    assertThat(answerTo(context)).startsWith("HTTP/1.1 200");
    assertThat(handshakes).hasValue(2);
  }

  @Test
  void breaksOffTheTransferOfWhoIsRevokedAndNoOther() throws Exception {
    try (SSLSocket refused = connect(PlainTls.context(mallory));
        SSLSocket staying = connect(PlainTls.context(alice))) {
      begin(refused);
      begin(staying);

      identity.renew(serving, team.validator(mallory));

      assertThat(rest(refused)).isLessThan(LARGE.length);
      assertThat(rest(staying)).isEqualTo(LARGE.length);
    }
  }

  @Test
  void breaksOffTheTransferOfWhoIsNotAdmittedAnyMore() throws Exception {
    AccessRule onlyAlice = AccessRule.parse("uri:spiffe://team/alice");
    try (SSLSocket refused = connect(PlainTls.context(mallory));
        SSLSocket staying = connect(PlainTls.context(alice));
        SSLSocket idle = connect(PlainTls.context(mallory))) {
      assertThat(ask(idle, "/")).startsWith("HTTP/1.1 200");
      begin(refused);
      begin(staying);

      rules.set(new AccessRules(onlyAlice, onlyAlice, onlyAlice));
      identity.renew(serving, team.validator());

      assertThat(rest(refused)).isLessThan(LARGE.length);
      assertThat(rest(staying)).isEqualTo(LARGE.length);
      assertThat(ask(idle, "/")).startsWith("HTTP/1.1 403").contains("may not fetch here");
    }
  }

  @Test
  void letsInWhoIsAdmittedAfterAChange() throws Exception {
    rules.set(NOBODY);
    try (SSLSocket kept = connect(PlainTls.context(alice))) {
      assertThat(ask(kept, "/")).startsWith("HTTP/1.1 403");

      rules.set(AccessRules.open());
      identity.renew(serving, team.validator());

      assertThat(ask(kept, "/")).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void takesAnotherAuthorityForTheOneBefore() throws Exception {
    TestAuthority next = new TestAuthority("next");

    identity.renew(next.issue("spiffe://team/server"), next.validator());

    assertThat(answerTo(PlainTls.context(alice))).doesNotStartWith("HTTP/1.1 200");
    assertThat(answerTo(PlainTls.context(next.issue("spiffe://next/alice"))))
        .startsWith("HTTP/1.1 200");
  }

  @Test
  void showsItsNewCertificateToWhoConnects() throws Exception {
    Credentials renewed = team.issue("spiffe://team/server");

    identity.renew(renewed, team.validator());

    try (SSLSocket socket = connect(PlainTls.context(alice))) {
      assertThat((X509Certificate) socket.getSession().getPeerCertificates()[0])
          .isEqualTo(renewed.leaf());
    }
  }

  @Test
  void followsWhatChangedBeforeItListened() throws Exception {
    TlsIdentity late = team.peer(serving);
    TlsListener listener = new TlsListener(late);
    Credentials renewed = team.issue("spiffe://team/server");
    late.renew(renewed, team.validator(mallory));
    try (HttpsServer other =
            HttpsServer.start(listener, Https.LOOPBACK, ServerLimits.PEER, this::answer);
        SSLSocket socket = (SSLSocket) PlainTls.context(alice).getSocketFactory().createSocket()) {
      socket.connect(other.address());

      assertThat((X509Certificate) socket.getSession().getPeerCertificates()[0])
          .isEqualTo(renewed.leaf());
    }
  }

  @Test
  void aClientShowsItsNewCertificateWithItsNextRequest() throws Exception {
    TlsIdentity client = team.peer(mallory);
    try (Https https = new Https(client, server.address())) {
      assertThat(https.send("GET", "/").body()).asString().isEqualTo("spiffe://team/mallory");

      client.renew(alice, team.validator());

      assertThat(https.send("GET", "/").body()).asString().isEqualTo("spiffe://team/alice");
    }
  }

  @Test
  void aClientTurnsAwayFromAServerThatIsRevoked() throws Exception {
    TlsIdentity client = team.peer(alice);
    try (Https https = new Https(client, server.address())) {
      assertThat(https.send("GET", "/").status()).isEqualTo(200);

      client.renew(alice, team.validator(serving));

      assertThatThrownBy(() -> https.send("GET", "/")).hasMessageContaining("was revoked");
    }
  }

  @Test
  void anAnswerUnderWayComesToItsEndWhenTheClientIsRenewed() throws Exception {
    TlsIdentity client = team.peer(mallory);
    try (TlsClient https = TlsClient.ofService(client, Duration.ofSeconds(20))) {
      Response large = https.send(request("/large"));
      assertThat(large.body().read()).isZero();

      client.renew(alice, team.validator());
      byte[] next = https.send(request("/")).body().readAllBytes();

      assertThat(next).asString().isEqualTo("spiffe://team/alice");
      assertThat(large.body().skip(Long.MAX_VALUE)).isEqualTo(LARGE.length - 1);
    }
  }

  private Request request(String path) {
    String address = "https://127.0.0.1:" + server.address().getPort();
    return Request.get(URI.create(address + path), Duration.ofSeconds(20));
  }

  private SSLSocket connect(SSLContext context) throws IOException {
    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket();
    socket.connect(server.address());
    return socket;
  }

  /** Connects, asks once, and leaves. What ends without an answer gives an empty one. */
  final String answerTo(SSLContext context) {
    try (SSLSocket socket = connect(context)) {
      return ask(socket, "/");
    } catch (IOException e) {
      return "";
    }
  }

  private static String ask(SSLSocket socket, String path) throws IOException {
    send(socket, path);
    String head = head(socket);
    int length = Integer.parseInt(head.replaceFirst("(?s).*Content-Length: (\\d+).*", "$1"));
    return head + new String(socket.getInputStream().readNBytes(length), US_ASCII);
  }

  private static void send(SSLSocket socket, String path) throws IOException {
    socket
        .getOutputStream()
        .write(("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(US_ASCII));
  }

  private static String head(SSLSocket socket) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int c = socket.getInputStream().read();
      if (c < 0) {
        throw new IOException("closed");
      }
      head.append((char) c);
    }
    return head.toString();
  }

  /** Asks for more than the server can be done with before somebody reads it. */
  private static void begin(SSLSocket socket) throws IOException {
    send(socket, "/large");
    assertThat(head(socket)).startsWith("HTTP/1.1 200");
  }

  /** How many bytes still come. */
  private static long rest(SSLSocket socket) {
    byte[] chunk = new byte[64 << 10];
    long rest = 0;
    try {
      int read = 0;
      while (read >= 0) {
        rest += read;
        read = rest < LARGE.length ? socket.getInputStream().read(chunk) : -1;
      }
    } catch (IOException e) {
      // Broken off.
    }
    return rest;
  }
}
