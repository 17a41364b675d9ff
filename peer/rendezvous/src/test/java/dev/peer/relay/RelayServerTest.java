package dev.peer.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.access.AccessRule;
import dev.peer.core.access.AccessRules;
import dev.peer.core.id.PeerId;
import dev.peer.core.trust.Credentials;
import dev.peer.http.AnsweredRequest;
import dev.peer.http.Https;
import dev.peer.http.Operations;
import dev.peer.metrics.Metrics;
import dev.peer.tls.ConnectionException;
import dev.peer.tls.PlainTls;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsConnection;
import dev.peer.tls.TlsConnector;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.DialId;
import dev.peer.wire.HttpHead;
import dev.peer.wire.InstanceId;
import dev.peer.wire.PeerAddress;
import dev.peer.wire.Problem;
import dev.peer.wire.RelayLine;
import dev.peer.wire.RelayPath;
import dev.peer.wire.RelayStatus;
import dev.peer.wire.Trace;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The relay's own promises, over real sockets, asked by nobody's but the test's own words. */
@Timeout(300)
class RelayServerTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final InstanceId ONE = new InstanceId("one");
  private static final InstanceId OTHER = new InstanceId("other");

  private static TestAuthority team;
  private static Credentials serving;
  private static Credentials laptop;
  private static Credentials ci;

  private final AtomicReference<AccessRules> rules = new AtomicReference<>(AccessRules.open());
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<AnsweredRequest> logged = new CopyOnWriteArrayList<>();
  private final Metrics metrics = new Metrics();
  private final AtomicReference<Optional<String>> fault = new AtomicReference<>(Optional.empty());
  private final Operations operations = new Operations(metrics, List.of(fault::get), logged::add);
  private TlsIdentity identity;
  private RelayServer relay;

  @BeforeAll
  static void issue() {
    team = new TestAuthority("team");
    serving = team.issue("spiffe://team/relay");
    laptop = team.issue("spiffe://team/laptop");
    ci = team.issue("spiffe://team/ci");
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @Test
  void makesOneOfTheConnectionsOfTwo() throws Exception {
    start(RelayLimits.DEFAULT);
    TlsConnection control = register(laptop, ONE);

    Pair pair = join(control, ONE);

    say(pair.asking(), "hello");
    assertThat(heard(pair.asked(), 5)).isEqualTo("hello");
    say(pair.asked(), "you too");
    assertThat(heard(pair.asking(), 7)).isEqualTo("you too");
    assertThat(status()).isEqualTo(new RelayStatus(1, 1, 12));

    pair.asked().endOutput();
    assertThat(pair.asking().in().read()).isEqualTo(-1);
    say(pair.asking(), "the other way goes on");
    assertThat(heard(pair.asked(), 21)).isEqualTo("the other way goes on");
    pair.asking().endOutput();
    assertThat(pair.asked().in().read()).isEqualTo(-1);
    awaitTunnels(0);
  }

  @Test
  void countsAndLogsWhatIsAskedUnderTheCallersTrace() throws Exception {
    start(RelayLimits.DEFAULT);
    TlsConnection control = register(laptop, ONE);
    Pair pair = join(control, ONE);
    assertThat(problem(ci, peer(OTHER)).kind()).isEqualTo(Problem.Kind.NO_SUCH_PEER);
    pair.asking().cut();
    pair.asked().cut();
    awaitTunnels(0);

    AnsweredRequest refused = awaitLogged("/v1/peers/{peer}/{instance}", 404);
    assertThat(refused.trace()).isEqualTo(Trace.ofProcess());
    assertThat(refused.sender().peer()).contains(new PeerId("spiffe://team/ci"));
    assertThat(refused.target().path()).isEqualTo(peer(OTHER).text());
    assertThat(awaitLogged("/v1/peers/{peer}/{instance}", 101).target().method()).isEqualTo("GET");

    String text = body(get(ci, "/metrics"));
    assertThat(text)
        .contains(
            "peer_relay_registrations 1\n",
            "peer_relay_tunnels 0\n",
            "peer_relay_requests_total{path=\"/v1/peers/{peer}/{instance}\",status=\"404\"} 1\n",
            "peer_certificate_expiry_timestamp_seconds ")
        .doesNotContain("laptop", "spiffe");
  }

  @Test
  void saysWhetherItIsHealthy() throws Exception {
    start(RelayLimits.DEFAULT);
    assertThat(body(get(ci, "/healthz"))).isEqualTo("{\"healthy\":true}");

    fault.set(Optional.of("the relay is tired"));

    assertThat(problem(get(ci, "/healthz")))
        .isEqualTo(new Problem(Problem.Kind.UNHEALTHY, "the relay is tired"));
  }

  @Test
  void tellsTheProcessesOfOnePeerApart() throws Exception {
    start(RelayLimits.DEFAULT);
    TlsConnection one = register(laptop, ONE);
    TlsConnection other = register(laptop, OTHER);

    assertThat(join(one, ONE).asked().other().id()).isEqualTo(identity.id());
    assertThat(join(other, OTHER).asked().other().id()).isEqualTo(identity.id());
    assertThat(problem(ci, peer(new InstanceId("third"))))
        .isEqualTo(
            new Problem(
                Problem.Kind.NO_SUCH_PEER,
                "spiffe://team/laptop is not registered at this relay, or not now"));
  }

  @Test
  void aRegistrationTakesThePlaceOfTheOneBefore() throws Exception {
    start(RelayLimits.DEFAULT);
    TlsConnection before = register(laptop, ONE);
    TlsConnection after = register(laptop, ONE);

    assertThat(isCut(before)).isTrue();
    join(after, ONE);
    assertThat(status().registrations()).isEqualTo(1);
  }

  @Test
  void forgetsAPeerThatIsGone() throws Exception {
    start(RelayLimits.DEFAULT);
    register(laptop, ONE).cut();

    while (status().registrations() > 0) {
      Thread.sleep(10);
    }
    assertThat(problem(ci, peer(ONE)).kind()).isEqualTo(Problem.Kind.NO_SUCH_PEER);
  }

  @Test
  void forgetsAPeerThatSaysNothingAndSpeaksItselfBefore() throws Exception {
    start(limits(LONG, Duration.ofSeconds(1), LONG));
    TlsConnection silent = register(laptop, ONE);

    assertThat(RelayLine.read(silent.in())).isEqualTo(new RelayLine.Alive());
    assertThat(isCut(silent)).isTrue();
  }

  @Test
  void keepsAPeerThatSaysThatItIsThere() throws Exception {
    start(limits(LONG, Duration.ofSeconds(1), LONG));
    TlsConnection control = register(laptop, ONE);
    // More often than the relay would say it to one that says nothing.
    for (int i = 0; i < 5; i++) {
      assertThat(RelayLine.read(control.in())).isEqualTo(new RelayLine.Alive());
      write(control, new RelayLine.Alive());
    }

    assertThat(status().registrations()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense\n",
        "dial 00112233445566778899aabbccddeeff\n",
        "busy x\n",
        "aliveaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
      })
  void endsARegistrationThatSaysWhatNoPeerSays(String said) throws Exception {
    start(RelayLimits.DEFAULT);
    TlsConnection control = register(laptop, ONE);

    say(control, said);

    assertThat(isCut(control)).isTrue();
  }

  @Test
  void saysThatAPeerDoesNotAnswer() throws Exception {
    start(limits(Duration.ofMillis(300), Duration.ofSeconds(15), LONG));
    TlsConnection control = register(laptop, ONE);

    TlsConnection asking = ask(ci, peer(ONE));
    DialId id = dialled(control);
    assertThat(problem(asking).kind()).isEqualTo(Problem.Kind.NO_ANSWER);

    assertThat(problem(laptop, new RelayPath.Dial(id)).kind())
        .as("too late")
        .isEqualTo(Problem.Kind.NO_SUCH_PATH);
  }

  @Test
  void saysThatAPeerTakesNoMore() throws Exception {
    start(RelayLimits.DEFAULT);
    TlsConnection control = register(laptop, ONE);

    TlsConnection asking = ask(ci, peer(ONE));
    write(control, new RelayLine.Busy(dialled(control)));

    assertThat(problem(asking))
        .isEqualTo(
            new Problem(
                Problem.Kind.TOO_MANY,
                "spiffe://team/laptop has as many connections as it takes from a relay"));
  }

  @Test
  void nobodyElseTakesAConnectionThatIsForAPeer() throws Exception {
    start(RelayLimits.DEFAULT);
    TlsConnection control = register(laptop, ONE);
    TlsConnection asking = ask(ci, peer(ONE));
    DialId id = dialled(control);

    assertThat(problem(team.issue("spiffe://team/mallory"), new RelayPath.Dial(id)).kind())
        .isEqualTo(Problem.Kind.NO_SUCH_PATH);
    TlsConnection asked = upgraded(ask(laptop, new RelayPath.Dial(id)));
    upgraded(asking);
    assertThat(problem(laptop, new RelayPath.Dial(id)).kind())
        .as("once more")
        .isEqualTo(Problem.Kind.NO_SUCH_PATH);
    say(asked, "x");
    assertThat(heard(asking, 1)).isEqualTo("x");
  }

  @Test
  void nobodyElseSaysThatAPeerTakesNoMore() throws Exception {
    start(RelayLimits.DEFAULT);
    TlsConnection control = register(laptop, ONE);
    TlsConnection other = register(ci, ONE);
    TlsConnection asking = ask(ci, peer(ONE));
    DialId id = dialled(control);

    write(other, new RelayLine.Busy(id));
    write(other, new RelayLine.Busy(DialId.random()));

    upgraded(ask(laptop, new RelayPath.Dial(id)));
    upgraded(asking);
  }

  @Test
  void admitsWhomTheRulesAdmit() throws Exception {
    start(RelayLimits.DEFAULT);
    rules.set(
        new AccessRules(
            AccessRule.parse("uri:spiffe://team/ci"),
            AccessRule.parse("uri:spiffe://team/laptop"),
            AccessRule.parse("")));
    TlsConnection control = register(laptop, ONE);
    join(control, ONE);

    assertThat(problem(ci, new RelayPath.Registration(ONE)))
        .isEqualTo(
            new Problem(
                Problem.Kind.NOT_ALLOWED,
                "spiffe://team/ci may not announce at spiffe://team/relay"));
    assertThat(problem(laptop, peer(ONE)))
        .isEqualTo(
            new Problem(
                Problem.Kind.NOT_ALLOWED,
                "spiffe://team/laptop may not fetch at spiffe://team/relay"));
    assertThat(problem(ci, new RelayPath.Dial(DialId.random())).kind())
        .isEqualTo(Problem.Kind.NOT_ALLOWED);
  }

  @Test
  void cutsOffBothWhenOneIsRevoked() throws Exception {
    start(RelayLimits.DEFAULT);
    Credentials mallory = team.issue("spiffe://team/mallory");
    TlsConnection control = register(laptop, ONE);
    Pair refused = join(mallory, control, ONE);
    Pair staying = join(ci, control, ONE);

    identity.renew(serving, team.validator(mallory));

    assertThat(isCut(refused.asking())).isTrue();
    assertThat(isCut(refused.asked())).isTrue();
    say(staying.asking(), "x");
    assertThat(heard(staying.asked(), 1)).isEqualTo("x");
    assertThatThrownBy(() -> upgraded(ask(mallory, peer(ONE)))).isInstanceOf(IOException.class);
  }

  @Test
  void cutsOffAPeerThatIsRevokedWithAllWhoAreJoinedToIt() throws Exception {
    start(RelayLimits.DEFAULT);
    TlsConnection control = register(laptop, ONE);
    Pair pair = join(control, ONE);

    identity.renew(serving, team.validator(laptop));

    assertThat(isCut(control)).isTrue();
    assertThat(isCut(pair.asked())).isTrue();
    assertThat(isCut(pair.asking())).isTrue();
    assertThat(problem(ci, peer(ONE)).kind()).isEqualTo(Problem.Kind.NO_SUCH_PEER);
  }

  @Test
  void cutsOffWhomTheRulesDoNotAdmitAnyMore() throws Exception {
    start(RelayLimits.DEFAULT);
    TlsConnection control = register(laptop, ONE);
    Pair pair = join(control, ONE);

    AccessRule onlyLaptop = AccessRule.parse("uri:spiffe://team/laptop");
    rules.set(new AccessRules(onlyLaptop, onlyLaptop, onlyLaptop));
    identity.renew(serving, team.validator());

    assertThat(isCut(pair.asking())).isTrue();
    assertThat(isCut(pair.asked())).isTrue();
    write(control, new RelayLine.Alive());
    assertThat(status().registrations()).isEqualTo(1);
  }

  @Test
  void oneIdentityHasSoManyRegistrations() throws Exception {
    start(RelayLimits.DEFAULT.with(new RelayLimits.PerPeer(20, 1, 20, 1 << 30)));
    TlsConnection first = register(laptop, ONE);

    assertThat(problem(laptop, new RelayPath.Registration(OTHER)))
        .isEqualTo(
            new Problem(
                Problem.Kind.TOO_MANY,
                "spiffe://team/laptop has as many registrations as one identity may have here"));
    register(ci, ONE);
    first.cut();
    while (status().registrations() > 1) {
      Thread.sleep(10);
    }
    register(laptop, OTHER);
  }

  @Test
  void oneIdentityHasSoManyTunnels() throws Exception {
    start(RelayLimits.DEFAULT.with(new RelayLimits.PerPeer(20, 20, 1, 1 << 30)));
    TlsConnection control = register(laptop, ONE);
    TlsConnection other = register(ci, ONE);
    Pair first = join(control, ONE);

    assertThat(problem(ci, new RelayPath.Peer(new PeerId("spiffe://team/ci"), ONE)).detail())
        .startsWith("spiffe://team/ci has as many tunnels");
    Credentials alice = team.issue("spiffe://team/alice");
    assertThat(problem(alice, peer(ONE)).detail())
        .startsWith("spiffe://team/laptop has as many tunnels");
    TlsConnection elsewhere = ask(alice, new RelayPath.Peer(new PeerId("spiffe://team/ci"), ONE));
    upgraded(ask(ci, new RelayPath.Dial(dialled(other))));
    upgraded(elsewhere);

    first.asking().cut();
    first.asked().cut();
    awaitTunnels(1);
    join(control, ONE);
  }

  @Test
  void oneIdentityHasSoManyConnections() throws Exception {
    start(RelayLimits.DEFAULT.with(new RelayLimits.PerPeer(2, 20, 20, 1 << 30)));
    register(laptop, ONE);
    register(laptop, OTHER);

    assertThat(problem(laptop, new RelayPath.Status()).detail())
        .startsWith("spiffe://team/laptop has as many connections");
    assertThat(status().registrations()).isEqualTo(2);
  }

  @Test
  void allTogetherHaveSoManyRegistrationsAndTunnels() throws Exception {
    start(RelayLimits.DEFAULT.with(new RelayLimits.Total(1, 1)));
    TlsConnection control = register(laptop, ONE);
    assertThat(problem(ci, new RelayPath.Registration(ONE)))
        .isEqualTo(
            new Problem(Problem.Kind.TOO_MANY, "there are as many registrations as there may be"));
    join(control, ONE);
    assertThat(problem(team.issue("spiffe://team/alice"), peer(ONE)).detail())
        .isEqualTo("there are as many tunnels as there may be");
  }

  @Test
  void oneIdentityHasSoManyBytes() throws Exception {
    start(RelayLimits.DEFAULT.with(new RelayLimits.PerPeer(20, 20, 20, 1 << 20)));
    TlsConnection control = register(laptop, ONE);
    Pair pair = join(control, ONE);
    byte[] chunk = new byte[64 << 10];

    long heard = 0;
    Thread.ofVirtual().start(() -> flood(pair.asked(), chunk));
    try {
      for (int n = 0; n >= 0; n = pair.asking().in().read(chunk)) {
        heard += n;
      }
    } catch (IOException e) {
      // Cut off.
    }

    assertThat(heard).isBetween(1L, (1L << 20) + 1_000);
    TlsConnection refused = ask(ci, peer(ONE));
    HttpHead head = HttpHead.read(refused.in());
    assertThat(head.start()).startsWith("HTTP/1.1 429 ");
    assertThat(Integer.parseInt(head.header("retry-after").orElseThrow())).isBetween(1, 60);
    Credentials alice = team.issue("spiffe://team/alice");
    assertThat(problem(alice, peer(ONE)).detail())
        .isEqualTo(
            "as many bytes of spiffe://team/laptop have passed as one identity may have in an"
                + " hour");
    TlsConnection fresh = register(alice, ONE);
    Credentials bob = team.issue("spiffe://team/bob");
    TlsConnection asking = ask(bob, new RelayPath.Peer(new PeerId("spiffe://team/alice"), ONE));
    upgraded(ask(alice, new RelayPath.Dial(dialled(fresh))));
    upgraded(asking);
  }

  @Test
  void cutsOffATunnelThroughWhichNothingGoes() throws Exception {
    start(limits(LONG, LONG, Duration.ofSeconds(5)));
    TlsConnection control = register(laptop, ONE);
    Pair idle = join(control, ONE);
    Pair busy = join(control, ONE);
    Thread.ofVirtual().start(() -> flood(busy.asked(), new byte[] {1}));

    assertThat(isCut(idle.asking())).isTrue();
    assertThat(isCut(idle.asked())).isTrue();
    assertThat(busy.asking().in().read()).isEqualTo(1);
    awaitTunnels(1);
  }

  @Test
  void refusesStrangers() throws Exception {
    start(RelayLimits.DEFAULT);
    TestAuthority strangers = new TestAuthority("strangers");
    for (Credentials credentials :
        new Credentials[] {null, strangers.issue("spiffe://team/laptop")}) {
      try (SSLSocket socket =
          (SSLSocket) PlainTls.context(credentials).getSocketFactory().createSocket()) {
        socket.connect(relay.address());
        assertThatThrownBy(
                () -> {
                  socket.getOutputStream().write(status("HTTP/1.1"));
                  if (socket.getInputStream().read() < 0) {
                    throw new IOException("ended");
                  }
                })
            .isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void doesNotWaitForWhoDoesNotSpeak() throws Exception {
    RelayLimits.Times usual = RelayLimits.DEFAULT.times();
    start(
        RelayLimits.DEFAULT.with(
            new RelayLimits.Times(
                Duration.ofMillis(300), usual.answer(), usual.alive(), usual.idle())));
    try (Socket socket = new Socket()) {
      socket.connect(relay.address());
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
    try (TlsConnection connection = connect(ci)) {
      assertThat(isCut(connection)).isTrue();
    } catch (ConnectionException e) {
      // Cut within its handshake already.
      assertThat(e.kind()).isEqualTo(ConnectionException.Kind.BROKEN_OFF);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /v1/status HTTP/1.0|Host: x||",
        "GET /v1/status HTTP/2.0|Host: x||",
        "GET /v1/status|Host: x||",
        "GET  /v1/status HTTP/1.1|Host: x||",
        "GET /v1/status HTTP/1.1||",
        "GET /v1/status HTTP/1.1|Host: x|Host: x||",
        "GET /v1/status HTTP/1.1|Host: x|Content-Length: 1||x",
        "GET /v1/status HTTP/1.1|Host: x|Content-Length: -1||x",
        "GET /v1/status HTTP/1.1|Host: x|Transfer-Encoding: chunked||0||",
        "GET /v1/status HTTP/1.1|Host: x| folded||",
        "GET /v1/status HTTP/1.1|Host : x||",
        "GET /v1/status HTTP/1.1|Host: \u0001||",
        "GET /v1/registrations/one HTTP/1.1|Host: x||",
        "GET /v1/registrations/one HTTP/1.1|Host: x|Upgrade: websocket||",
        "GET /v1/registrations/a.b HTTP/1.1|Host: x|Upgrade: peer-relay||",
        "GET /v1/peers/%zz/one HTTP/1.1|Host: x|Upgrade: peer-relay||",
        "GET /v1/peers//one HTTP/1.1|Host: x|Upgrade: peer-relay||",
        "GET /v1/dials/1 HTTP/1.1|Host: x|Upgrade: peer-relay||",
      })
  void refusesARequestThatIsNotOfTheForm(String request) throws Exception {
    start(RelayLimits.DEFAULT);
    TlsConnection connection = connect(ci);

    say(connection, request.replace("|", "\r\n"));

    assertThat(problem(connection).kind()).isEqualTo(Problem.Kind.MALFORMED);
  }

  @Test
  void refusesAHeadThatIsTooLarge() throws Exception {
    start(RelayLimits.DEFAULT);
    TlsConnection connection = connect(ci);

    say(connection, "GET /v1/status HTTP/1.1\r\nHost: " + "x".repeat(17 << 10));

    assertThat(isCutOrRefused(connection)).isTrue();
  }

  @Test
  void hasOneMethodAndFewPaths() throws Exception {
    start(RelayLimits.DEFAULT);
    TlsConnection put = connect(ci);
    say(put, "PUT /v1/status HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(problem(put).kind()).isEqualTo(Problem.Kind.NO_SUCH_METHOD);
    TlsConnection other = connect(ci);
    say(other, "GET /v1/lease HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(problem(other).kind()).isEqualTo(Problem.Kind.NO_SUCH_PATH);
  }

  @Test
  void breaksOffWhatIsUnderWayWhenItIsClosed() throws Exception {
    start(RelayLimits.DEFAULT);
    TlsConnection control = register(laptop, ONE);
    Pair pair = join(control, ONE);

    relay.close();

    assertThat(isCut(control)).isTrue();
    assertThat(isCut(pair.asking())).isTrue();
    assertThatThrownBy(() -> HttpHead.read(ask(ci, new RelayPath.Status()).in()))
        .isInstanceOf(IOException.class);
  }

  @Test
  void canNotListenWhereSomethingElseDoes() throws Exception {
    start(RelayLimits.DEFAULT);

    assertThatThrownBy(
            () ->
                RelayServer.start(
                    identity, rules::get, RelayLimits.DEFAULT, relay.address(), Operations.quiet()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot listen on ");
  }

  /** The two ends of a tunnel. */
  private record Pair(TlsConnection asking, TlsConnection asked) {}

  private void start(RelayLimits limits) throws IOException {
    identity = team.peer(serving);
    relay = RelayServer.start(identity, rules::get, limits, Https.LOOPBACK, operations);
    open.add(relay);
  }

  private static RelayLimits limits(Duration answer, Duration alive, Duration idle) {
    RelayLimits usual = RelayLimits.DEFAULT;
    return usual.with(new RelayLimits.Times(usual.times().head(), answer, alive, idle));
  }

  private static RelayPath peer(InstanceId instance) {
    return new RelayPath.Peer(new PeerId("spiffe://team/laptop"), instance);
  }

  private RelayStatus status() {
    return relay.status();
  }

  private void awaitTunnels(long number) throws InterruptedException {
    while (status().tunnels() != number) {
      Thread.sleep(10);
    }
  }

  private TlsConnection connect(Credentials credentials) throws IOException {
    TlsConnector connector = new TlsConnector(team.peer(credentials));
    open.add(connector);
    return connector.connect(URI.create("" + PeerAddress.of(relay.address())), LONG);
  }

  private TlsConnection ask(Credentials credentials, RelayPath path) throws IOException {
    TlsConnection connection = connect(credentials);
    connection.out().write(path.upgrade("x"));
    return connection;
  }

  private TlsConnection get(Credentials credentials, String path) throws IOException {
    TlsConnection connection = connect(credentials);
    say(connection, "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    return connection;
  }

  private static String body(TlsConnection connection) throws Exception {
    HttpHead head = HttpHead.read(connection.in());
    assertThat(head.start()).startsWith("HTTP/1.1 200 ");
    return heard(connection, head.bodyLength(100_000));
  }

  private AnsweredRequest awaitLogged(String template, int status) throws InterruptedException {
    while (true) {
      Optional<AnsweredRequest> found =
          logged.stream()
              .filter(request -> request.target().template().equals(template))
              .filter(request -> request.outcome().status().equals(Optional.of(status)))
              .findFirst();
      if (found.isPresent()) {
        return found.get();
      }
      Thread.sleep(10);
    }
  }

  private static TlsConnection upgraded(TlsConnection connection) throws Exception {
    HttpHead head = HttpHead.read(connection.in());
    assertThat(RelayPath.isUpgraded(head)).as(head.start()).isTrue();
    return connection;
  }

  private TlsConnection register(Credentials credentials, InstanceId instance) throws Exception {
    return upgraded(ask(credentials, new RelayPath.Registration(instance)));
  }

  private Pair join(TlsConnection control, InstanceId instance) throws Exception {
    return join(ci, control, instance);
  }

  private Pair join(Credentials credentials, TlsConnection control, InstanceId instance)
      throws Exception {
    TlsConnection asking = ask(credentials, peer(instance));
    TlsConnection asked = upgraded(ask(laptop, new RelayPath.Dial(dialled(control))));
    return new Pair(upgraded(asking), asked);
  }

  private static DialId dialled(TlsConnection control) throws Exception {
    while (true) {
      if (RelayLine.read(control.in()) instanceof RelayLine.Dial(DialId id)) {
        return id;
      }
    }
  }

  private Problem problem(Credentials credentials, RelayPath path) throws Exception {
    return problem(ask(credentials, path));
  }

  private static Problem problem(TlsConnection connection) throws Exception {
    HttpHead head = HttpHead.read(connection.in());
    byte[] body = connection.in().readNBytes(head.bodyLength(10_000));
    Problem problem = Problem.parse(body).orElseThrow();
    assertThat(head.start()).startsWith("HTTP/1.1 " + problem.kind().status() + " ");
    assertThat(connection.in().read()).isEqualTo(-1);
    return problem;
  }

  private static void write(TlsConnection connection, RelayLine line) throws IOException {
    connection.out().write(line.bytes());
  }

  private static void say(TlsConnection connection, String text) throws IOException {
    connection.out().write(text.getBytes(US_ASCII));
  }

  private static String heard(TlsConnection connection, int bytes) throws IOException {
    return new String(connection.in().readNBytes(bytes), US_ASCII);
  }

  private static byte[] status(String protocol) {
    return ("GET /v1/status " + protocol + "\r\nHost: x\r\n\r\n").getBytes(US_ASCII);
  }

  private static void flood(TlsConnection connection, byte[] bytes) {
    try {
      while (true) {
        connection.out().write(bytes);
        if (bytes.length == 1) {
          Thread.sleep(100);
        }
      }
    } catch (IOException | InterruptedException e) {
      // Cut off.
    }
  }

  /** Reads until it ends, in whatever way. */
  private static boolean isCut(TlsConnection connection) throws SocketException {
    connection.setSilence(LONG);
    try {
      while (connection.in().read() >= 0) {
        continue;
      }
      return true;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private static boolean isCutOrRefused(TlsConnection connection) throws Exception {
    try {
      return problem(connection).kind() == Problem.Kind.MALFORMED;
    } catch (IOException e) {
      return true;
    }
  }
}
