package dev.peer.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.id.PeerId;
import dev.peer.core.record.StrictJson;
import dev.peer.metrics.Metrics;
import dev.peer.pki.issue.Validity;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsListener;
import dev.peer.wire.Problem;
import dev.peer.wire.Trace;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server tells those who watch over it, over real sockets. */
@Timeout(300)
class OperationsTest {

  private static final Trace TRACE = new Trace("4bf92f3577b34da6a3ce929d0e0e4736");

  private static TestAuthority team;
  private static TestAuthority strangers;

  private final AtomicReference<Instant> clock = new AtomicReference<>(Instant.now());
  private final AtomicReference<Optional<String>> fault = new AtomicReference<>(Optional.empty());
  private final BlockingQueue<AnsweredRequest> log = new LinkedBlockingQueue<>();
  private HttpsServer server;
  private Https client;

  @BeforeAll
  static void issue() {
    team = new TestAuthority("team");
    strangers = new TestAuthority("strangers");
  }

  @BeforeEach
  void start() throws Exception {
    server =
        HttpsServer.start(
            new TlsListener(team.peer(team.issue("spiffe://team/server"), clock::get)),
            new ServerSettings(
                Https.LOOPBACK,
                ServerLimits.PEER,
                new Operations(new Metrics(), List.of(fault::get), log::add)),
            OperationsTest::serve);
    client = new Https(team.peer("spiffe://team/client"), server.address());
  }

  private static void serve(HttpCall call) throws ProblemException, IOException {
    switch (call.path()) {
      case "/hello/1", "/hello/2" -> {
        call.setTemplate("/hello/{number}");
        call.answer(200, "text/plain", "hello".getBytes(UTF_8));
      }
      case "/fault" -> {
        call.setTemplate("/fault");
        throw new IllegalStateException("a fault of ours");
      }
      case "/cut" -> {
        call.setTemplate("/cut");
        throw new IOException("the caller is gone");
      }
      default -> throw ProblemException.noSuchPath();
    }
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void countsRequestsByWhatTheirPathIsOneOf() throws Exception {
    client.send("GET", "/hello/1");
    client.send("GET", "/hello/2");
    client.send("GET", "/secret-of-somebody");
    client.send("BREW", "/hello/2");

    assertThat(metrics())
        .contains(
            "peer_http_requests_total{path=\"/hello/{number}\",method=\"GET\",status=\"200\"} 2\n")
        .contains("peer_http_requests_total{path=\"none\",method=\"GET\",status=\"404\"} 1\n")
        .contains(
            "peer_http_requests_total{path=\"/hello/{number}\",method=\"other\",status=\"200\"}"
                + " 1\n")
        .contains("peer_http_answer_bytes_total{path=\"/hello/{number}\"} 15\n")
        .contains(
            "peer_http_request_duration_seconds_count{path=\"/hello/{number}\",method=\"GET\"} 2\n")
        .contains("peer_http_requests_under_way{path=\"/hello/{number}\"} 0\n")
        .contains("peer_http_requests_under_way{path=\"/metrics\"} 1\n")
        .contains("peer_connections 1\n")
        .doesNotContain("secret-of-somebody")
        .doesNotContain("spiffe");
  }

  @Test
  void countsHandshakesAndThoseThatAreRefused() throws Exception {
    client.send("GET", "/hello/1");
    try (Https stranger =
        new Https(team.peer(strangers.issue("spiffe://team/x")), server.address())) {
      assertThatThrownBy(() -> stranger.send("GET", "/hello/1")).isNotNull();
    }

    assertThat(metrics())
        .contains("peer_tls_handshakes_accepted_total 1\n")
        .containsPattern("peer_tls_handshakes_refused_total [12]\n")
        .containsPattern("peer_tls_handshakes_started_total [23]\n");
  }

  @Test
  void isHealthyUntilSomethingThatItNeedsIsNot() throws Exception {
    Https.Answer well = client.send("GET", "/healthz");
    assertThat(well.status()).isEqualTo(200);
    assertThat(new String(well.body(), UTF_8)).isEqualTo("{\"healthy\":true}");

    fault.set(Optional.of("the disk is full"));

    Https.Answer ill = client.send("GET", "/healthz");
    assertThat(ill.status()).isEqualTo(503);
    assertThat(Problem.parse(ill.body()))
        .contains(new Problem(Problem.Kind.UNHEALTHY, "the disk is full"));
    assertThat(client.send("HEAD", "/healthz").status()).isEqualTo(503);
  }

  @Test
  void isNotHealthyWithACertificateThatOthersRefuse() throws Exception {
    try (HttpsServer expired =
            HttpsServer.start(
                new TlsListener(
                    team.peer(
                        team.issue(
                            TestAuthority.request("spiffe://team/short")
                                .validity(Validity.lasting(Duration.ofMinutes(10)))),
                        clock::get)),
                Https.LOOPBACK,
                ServerLimits.PEER,
                OperationsTest::serve);
        Https keptOpen = new Https(team.peer("spiffe://team/client"), expired.address())) {
      assertThat(keptOpen.send("GET", "/healthz").status()).isEqualTo(200);

      clock.set(Instant.now().plus(Duration.ofHours(1)));

      Https.Answer ill = keptOpen.send("GET", "/healthz");
      assertThat(ill.status()).isEqualTo(503);
      assertThat(Problem.parse(ill.body()).orElseThrow().detail())
          .contains("others would refuse the own certificate");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/metrics", "/healthz"})
  void tellsNothingToStrangersAndTakesNothing(String path) throws Exception {
    try (Https stranger =
        new Https(team.peer(strangers.issue("spiffe://team/x")), server.address())) {
      assertThatThrownBy(() -> stranger.send("GET", path)).isNotNull();
    }
    assertThat(client.send("PUT", path).status()).isEqualTo(405);
    assertThat(client.send("GET", path, new byte[1]).status()).isEqualTo(413);
    assertThat(client.send("GET", path + "/").status()).isEqualTo(404);
  }

  @Test
  void logsWhoAskedForWhatInWhichTrace() throws Exception {
    client.send("GET", "/hello/1?instance=private", Trace.HEADER, TRACE.header());

    AnsweredRequest request = logged();
    assertThat(request.trace()).isEqualTo(TRACE);
    assertThat(request.sender().peer()).contains(new PeerId("spiffe://team/client"));
    assertThat(request.sender().address().getAddress().isLoopbackAddress()).isTrue();
    assertThat(request.target().method()).isEqualTo("GET");
    assertThat(request.target().path()).isEqualTo("/hello/1");
    assertThat(request.target().template()).isEqualTo("/hello/{number}");
    assertThat(request.outcome().status()).contains(200);
    assertThat(request.outcome().bytes()).isEqualTo(5);
    assertThat(request.outcome().failure()).isEmpty();
  }

  @Test
  void namesTheTraceInAProblemAndMakesOneWhereThereIsNone() throws Exception {
    Https.Answer named = client.send("GET", "/nothing", Trace.HEADER, TRACE.header());
    assertThat(trace(named)).isEqualTo(TRACE.id());
    assertThat(logged().trace()).isEqualTo(TRACE);

    Https.Answer unnamed = client.send("GET", "/nothing", Trace.HEADER, "nonsense");
    assertThat(logged().trace().id()).isEqualTo(trace(unnamed)).isNotEqualTo(TRACE.id());
  }

  @Test
  void logsWhatFailedInTheServerItselfAndTellsTheCallerNothingOfIt() throws Exception {
    Https.Answer answer = client.send("GET", "/fault");

    assertThat(new String(answer.body(), UTF_8)).doesNotContain("fault of ours");
    AnsweredRequest request = logged();
    assertThat(request.outcome().status()).contains(500);
    assertThat(request.outcome().failure().orElseThrow()).hasMessage("a fault of ours");
  }

  @Test
  void logsAnAnswerThatWasBrokenOff() {
    assertThatThrownBy(() -> client.send("GET", "/cut")).isNotNull();

    assertThat(logged().outcome().status()).isEmpty();
  }

  private AnsweredRequest logged() {
    try {
      return log.poll(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static String trace(Https.Answer problem) throws Exception {
    return StrictJson.parse("problem", problem.body()).text("trace");
  }

  private String metrics() throws Exception {
    Https.Answer answer = client.send("GET", "/metrics");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).contains(Metrics.MEDIA_TYPE);
    return new String(answer.body(), UTF_8);
  }
}
