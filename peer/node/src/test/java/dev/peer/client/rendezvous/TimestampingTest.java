package dev.peer.client.rendezvous;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.peer.client.Timeouts;
import dev.peer.core.access.AccessRule;
import dev.peer.core.access.AccessRules;
import dev.peer.core.pem.Pem;
import dev.peer.core.sign.RecordVerifier;
import dev.peer.core.timestamp.Timestamp;
import dev.peer.core.timestamp.TimestampAuthority;
import dev.peer.core.timestamp.TimestampException;
import dev.peer.core.timestamp.TimestampQuery;
import dev.peer.core.timestamp.TimestampToken;
import dev.peer.core.timestamp.TimestampVerifier;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.RevocationLists;
import dev.peer.core.trust.TrustAnchors;
import dev.peer.http.Https;
import dev.peer.http.ServerLimits;
import dev.peer.http.ServerSettings;
import dev.peer.pki.issue.Purpose;
import dev.peer.rendezvous.EmbeddedIndex;
import dev.peer.rendezvous.IndexSettings;
import dev.peer.rendezvous.RendezvousServer;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.PeerAddress;
import dev.peer.wire.Problem;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Timestamps over the wire: from a rendezvous, from {@code openssl ts}, and from neither. */
class TimestampingTest {

  private static final byte[] STAMPED = "a signature".getBytes(UTF_8);
  private static final String PATH = "/v1/timestamp";
  private static final String QUERY = "application/timestamp-query";
  private static final String REPLY = "application/timestamp-reply";
  private static final TestAuthority TEAM = new TestAuthority("team");
  private static final TlsIdentity LAPTOP = TEAM.peer("spiffe://team/laptop");
  private static final Timeouts SHORT =
      new Timeouts(
          Duration.ofSeconds(20),
          Duration.ofSeconds(3),
          Duration.ofSeconds(3),
          1,
          Duration.ofSeconds(1));

  @TempDir private Path directory;

  private RendezvousServer rendezvous;
  private HttpServer world;

  @BeforeEach
  void start() throws Exception {
    rendezvous = rendezvous(Optional.of(timestamps()));
    world = HttpServer.create(Https.LOOPBACK, 0);
    world.start();
  }

  @AfterEach
  void stop() {
    rendezvous.close();
    world.stop(0);
  }

  // A rendezvous

  @Test
  void aRendezvousStampsWhereverItsAddressLeads() throws Exception {
    URI address = PeerAddress.of(rendezvous.address());

    for (URI url : List.of(address, address.resolve("/"), address.resolve(PATH))) {
      try (TimestampClient client =
          TimestampClient.of(LAPTOP, List.of(address), url, Timeouts.DEFAULT)) {
        Timestamp timestamp = verify(client.stamp(STAMPED), TEAM.validator());

        assertThat(timestamp.authority().text()).isEqualTo("urn:peer:tsa");
        assertThat(timestamp.time())
            .isBetween(Instant.now().minusSeconds(30), Instant.now().plusSeconds(1));
      }
    }
  }

  @Test
  void opensslVerifiesOurTokens() throws Exception {
    assumeOpenssl();
    Files.write(directory.resolve("data"), STAMPED);
    Files.writeString(directory.resolve("ca.pem"), Pem.write(TEAM.root()));
    TimestampToken token = fromRendezvous(PeerAddress.of(rendezvous.address()));
    Files.write(directory.resolve("token"), token.der());

    assertThat(
            openssl(
                "ts", "-verify", "-in", "token", "-token_in", "-data", "data", "-CAfile", "ca.pem"))
        .contains("Verification: OK");
    assertThat(openssl("ts", "-reply", "-in", "token", "-token_in", "-token_out", "-text"))
        .contains("Accuracy: 0x01 seconds")
        .contains("Policy OID: " + TimestampAuthority.POLICY)
        .contains("Hash Algorithm: sha256");
    Files.write(directory.resolve("data"), "another signature".getBytes(UTF_8));
    assertThatThrownBy(
            () ->
                openssl(
                    "ts",
                    "-verify",
                    "-in",
                    "token",
                    "-token_in",
                    "-data",
                    "data",
                    "-CAfile",
                    "ca.pem"))
        .hasMessageContaining("message imprint mismatch");
  }

  @Test
  void opensslVerifiesTheAnswerToItsOwnQuery() throws Exception {
    assumeOpenssl();
    Files.write(directory.resolve("data"), STAMPED);
    Files.writeString(directory.resolve("ca.pem"), Pem.write(TEAM.root()));
    openssl("ts", "-query", "-data", "data", "-sha512", "-cert", "-out", "query");
    try (Https laptop = new Https(LAPTOP, rendezvous.address())) {
      byte[] query = Files.readAllBytes(directory.resolve("query"));
      Files.write(directory.resolve("reply"), post(laptop, query).body());
    }

    assertThat(openssl("ts", "-verify", "-in", "reply", "-queryfile", "query", "-CAfile", "ca.pem"))
        .contains("Verification: OK");
  }

  @Test
  void aRendezvousRefusesWhatIsNoQuery() throws Exception {
    try (Https laptop = new Https(LAPTOP, rendezvous.address())) {
      byte[] query = TimestampQuery.over(STAMPED).der();
      assertThat(post(laptop, query).header("Content-Type")).contains(REPLY);
      assertThat(post(laptop, "nonsense".getBytes(UTF_8)).status()).isEqualTo(200);
      assertProblem(laptop.send("GET", PATH), Problem.Kind.NO_SUCH_METHOD);
      assertProblem(laptop.send("POST", PATH, query), Problem.Kind.MALFORMED);
      assertProblem(
          laptop.send("POST", PATH, query, "Content-Type", "application/json"),
          Problem.Kind.MALFORMED);
      assertProblem(post(laptop, new byte[(4 << 10) + 1]), Problem.Kind.TOO_LARGE);
    }
  }

  @Test
  void aRendezvousStampsForWhoMaySignAlone() throws Exception {
    try (Https stranger = new Https(TEAM.peer("spiffe://other/laptop"), rendezvous.address())) {
      assertProblem(post(stranger, TimestampQuery.over(STAMPED).der()), Problem.Kind.NOT_ALLOWED);
    }
  }

  @Test
  void aRendezvousWithoutAnAuthorityHasNoSuchPath() throws Exception {
    try (RendezvousServer plain = rendezvous(Optional.empty());
        Https laptop = new Https(LAPTOP, plain.address())) {
      assertProblem(post(laptop, TimestampQuery.over(STAMPED).der()), Problem.Kind.NO_SUCH_PATH);
      assertThatThrownBy(() -> fromRendezvous(PeerAddress.of(plain.address())))
          .isInstanceOf(TimestampException.class)
          .hasMessageContaining("127.0.0.1")
          .hasMessageContaining("404");
    }
  }

  // Somebody else

  @Test
  void theTokensOfOpensslCountWhereItsAuthorityIsNamed() throws Exception {
    assumeOpenssl();
    makeOpensslAuthority();
    CertificateValidator named =
        new CertificateValidator(
            TrustAnchors.of(
                Pem.certificates("ca", Files.readString(directory.resolve("tsa-ca.pem")))),
            RevocationLists.none());
    world.createContext(
        "/tsr",
        exchange -> {
          Files.write(directory.resolve("asked"), exchange.getRequestBody().readAllBytes());
          openssl("ts", "-reply", "-config", "ts.cnf", "-queryfile", "asked", "-out", "reply");
          answer(exchange, 200, REPLY, Files.readAllBytes(directory.resolve("reply")));
        });

    TimestampToken token = fromWorld("/tsr", Timeouts.DEFAULT);

    assertThat(verify(token, named).authority().text()).isEqualTo("CN=openssl tsa");
    assertThatThrownBy(() -> verify(token, TEAM.validator())).hasMessageContaining("no way from");
  }

  static Stream<Arguments> faults() {
    byte[] another = another();
    return Stream.of(
        fault("an error", "status 500", exchange -> answer(exchange, 500, REPLY, new byte[0])),
        fault(
            "a page",
            "something else",
            exchange -> answer(exchange, 200, "text/html", "<html>".getBytes(UTF_8))),
        fault(
            "nonsense",
            "not one to the query",
            exchange -> answer(exchange, 200, REPLY, "nonsense".getBytes(UTF_8))),
        fault("nothing", "not one", exchange -> answer(exchange, 200, REPLY, new byte[0])),
        fault(
            "the answer to another query",
            "not one to the query",
            exchange -> answer(exchange, 200, REPLY, another)),
        fault(
            "more than anybody needs",
            "an answer of more than",
            exchange -> answer(exchange, 200, REPLY, new byte[1 << 20])),
        fault(
            "another address",
            "status 302",
            exchange -> {
              exchange.getResponseHeaders().set("Location", "/elsewhere");
              answer(exchange, 302, REPLY, new byte[0]);
            }),
        fault(
            "half an answer",
            "stalled",
            exchange -> {
              exchange.getResponseHeaders().set("Content-Type", REPLY);
              exchange.sendResponseHeaders(200, 1000);
              exchange.getResponseBody().write(new byte[10]);
              exchange.getResponseBody().flush();
            }));
  }

  interface Handler {
    void handle(HttpExchange exchange) throws IOException;
  }

  private static Arguments fault(String name, String reason, Handler handler) {
    return Arguments.of(name, reason, handler);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void thereIsNoTokenWhereTheAnswerIs(String name, String reason, Handler handler) {
    world.createContext("/tsr", handler::handle);

    assertThatThrownBy(() -> fromWorld("/tsr", SHORT))
        .isInstanceOf(TimestampException.class)
        .hasMessageContaining("127.0.0.1:" + world.getAddress().getPort())
        .hasMessageContaining(reason);
  }

  @Test
  void thereIsNoTokenWhereNobodyAnswers() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, Https.LOOPBACK.getAddress())) {
      assertThatThrownBy(() -> from(URI.create("http://127.0.0.1:" + silent.getLocalPort()), SHORT))
          .isInstanceOf(TimestampException.class)
          .hasMessageContaining("no answer in time");
    }
    int free;
    try (ServerSocket closed = new ServerSocket(0, 1, Https.LOOPBACK.getAddress())) {
      free = closed.getLocalPort();
    }
    assertThatThrownBy(() -> from(URI.create("http://127.0.0.1:" + free + "/"), SHORT))
        .isInstanceOf(TimestampException.class)
        .hasMessageContaining("connection refused");
  }

  /** Its certificate is none that the JVM knows. */
  @Test
  void aRendezvousThatIsNotOursSeesNoCertificateOfOursAndIsNotBelieved() {
    assertThatThrownBy(() -> from(PeerAddress.of(rendezvous.address()), Timeouts.DEFAULT))
        .isInstanceOf(TimestampException.class)
        .hasMessageContaining("127.0.0.1");
  }

  private static byte[] another() {
    try {
      return timestamps().answer(TimestampQuery.over(STAMPED).der());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static TimestampAuthority timestamps() throws Exception {
    return TimestampAuthority.of(
        TEAM.issue(TestAuthority.request("urn:peer:tsa").purposes(Purpose.TIME_STAMPING)),
        TEAM.validator(),
        InstantSource.system());
  }

  private static RendezvousServer rendezvous(Optional<TimestampAuthority> timestamps)
      throws IOException {
    return RendezvousServer.start(
        TEAM.peer("spiffe://team/rendezvous"),
        () ->
            new AccessRules(
                AccessRule.anyone(), AccessRule.anyone(), AccessRule.parse("uri:spiffe://team/*")),
        new EmbeddedIndex(IndexSettings.DEFAULT, System::nanoTime),
        timestamps,
        ServerSettings.quiet(Https.LOOPBACK, ServerLimits.RENDEZVOUS));
  }

  private static Https.Answer post(Https client, byte[] query) throws Exception {
    return client.send("POST", PATH, query, "Content-Type", QUERY);
  }

  private static void assertProblem(Https.Answer answer, Problem.Kind kind) throws Exception {
    assertThat(answer.status()).isEqualTo(kind.status());
    assertThat(Problem.parse(answer.body()).orElseThrow().kind()).isEqualTo(kind);
  }

  private static TimestampToken fromRendezvous(URI address) throws Exception {
    try (TimestampClient client =
        TimestampClient.of(LAPTOP, List.of(address), address, Timeouts.DEFAULT)) {
      return client.stamp(STAMPED);
    }
  }

  private TimestampToken fromWorld(String path, Timeouts patience) throws Exception {
    return from(URI.create("http://127.0.0.1:" + world.getAddress().getPort() + path), patience);
  }

  private static TimestampToken from(URI url, Timeouts patience) throws Exception {
    try (TimestampClient client = TimestampClient.of(LAPTOP, List.of(), url, patience)) {
      return client.stamp(STAMPED);
    }
  }

  private static Timestamp verify(TimestampToken token, CertificateValidator authorities)
      throws Exception {
    return new TimestampVerifier(authorities, RecordVerifier.CLOCK_SKEW)
        .verify(token, STAMPED, Instant.now(), RevocationLists.none());
  }

  private static void answer(HttpExchange exchange, int status, String mediaType, byte[] body)
      throws IOException {
    exchange.getRequestBody().readAllBytes();
    exchange.getResponseHeaders().set("Content-Type", mediaType);
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private void makeOpensslAuthority() throws IOException {
    Files.writeString(
        directory.resolve("ts.cnf"),
        """
        [tsa]
        default_tsa = own
        [own]
        serial = serial
        signer_cert = tsa.pem
        signer_key = tsa-key.pem
        signer_digest = sha256
        default_policy = 1.2.3.4.1
        digests = sha256
        ess_cert_id_alg = sha256
        [ext]
        basicConstraints = critical,CA:FALSE
        keyUsage = critical,digitalSignature
        extendedKeyUsage = critical,timeStamping
        """);
    Files.writeString(directory.resolve("serial"), "01\n");
    openssl(
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-keyout",
        "tsa-ca-key.pem",
        "-out",
        "tsa-ca.pem",
        "-days",
        "2",
        "-subj",
        "/CN=openssl ca");
    openssl(
        "req",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "tsa-key.pem",
        "-out",
        "tsa.csr",
        "-subj",
        "/CN=openssl tsa");
    openssl(
        "x509",
        "-req",
        "-in",
        "tsa.csr",
        "-CA",
        "tsa-ca.pem",
        "-CAkey",
        "tsa-ca-key.pem",
        "-CAcreateserial",
        "-days",
        "1",
        "-extfile",
        "ts.cnf",
        "-extensions",
        "ext",
        "-out",
        "tsa.pem");
  }

  private void assumeOpenssl() {
    assumeThat(Path.of("/usr/bin/openssl")).exists();
  }

  /** What the command says on both its outputs; an exit code other than 0 is an error. */
  private String openssl(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (process.waitFor() != 0) {
        throw new IOException(String.join(" ", command) + ": " + said);
      }
      return said;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
