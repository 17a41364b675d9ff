package dev.peer.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.client.rendezvous.RendezvousLookup;
import dev.peer.core.find.FetchException.Fault;
import dev.peer.core.find.Holder;
import dev.peer.core.find.LookupResult;
import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.http.HttpCall;
import dev.peer.http.Https;
import dev.peer.http.HttpsServer;
import dev.peer.http.ProblemException;
import dev.peer.http.ServerLimits;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsIdentity;
import dev.peer.tls.TlsListener;
import dev.peer.wire.HolderList;
import dev.peer.wire.Limits;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.PeerAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rendezvous that say nothing, and what those that do are told, over real sockets. */
@Timeout(300)
class SlowRendezvousTest {

  private static final RepoId REPO = new RepoId("git.example.org/team/project");
  private static final RunKey KEY = new RunKey(Digest.of(new byte[] {1}));
  private static final PeerId LAPTOP = new PeerId("spiffe://team/laptop");
  private static final URI ADDRESS = URI.create("https://10.0.0.1:7443");
  private static final Timeouts PATIENT =
      new Timeouts(
          Duration.ofMinutes(5),
          Duration.ofMinutes(5),
          Duration.ofMinutes(5),
          1 << 10,
          Duration.ofSeconds(5),
          Duration.ofMillis(20));

  private static TestAuthority team;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final BlockingQueue<String> reports = new LinkedBlockingQueue<>();

  @BeforeAll
  static void issue() {
    team = new TestAuthority("team");
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @Test
  void asksTheNextBesideOneThatSaysNothing() throws Exception {
    RendezvousLookup lookup = lookup(team.peer("spiffe://team/ci"), silent(), rendezvous());

    assertThat(lookup.find(REPO, KEY))
        .isEqualTo(
            new LookupResult.Found(
                List.of(
                    new Holder(
                        LAPTOP,
                        List.of(ADDRESS),
                        List.of(),
                        Optional.of(new PeerId("spiffe://team/rendezvous"))))));
  }

  @Test
  void saysThatTheClockHereMayBeWrong() throws Exception {
    TlsIdentity late =
        team.peer(team.issue("spiffe://team/ci"), () -> Instant.now().plus(Duration.ofDays(3)));

    assertThat(lookup(late, rendezvous(), rendezvous()).find(REPO, KEY))
        .isInstanceOfSatisfying(
            LookupResult.Unavailable.class,
            result ->
                assertThat(result.why())
                    .contains("expired at ")
                    .contains("by the clock here it is ")
                    .doesNotContain("\n"));
  }

  @Test
  void doesNotDoubtTheClockWhereOneOfThemIsOnlyAway() throws Exception {
    TlsIdentity late =
        team.peer(team.issue("spiffe://team/ci"), () -> Instant.now().plus(Duration.ofDays(3)));

    assertThat(lookup(late, rendezvous(), closed()).find(REPO, KEY))
        .isInstanceOfSatisfying(
            LookupResult.Unavailable.class,
            result -> assertThat(result.why()).doesNotContain("clock here"));
  }

  @Test
  void reportsAHolderOnceForEachResult() throws Exception {
    RendezvousLookup lookup = lookup(team.peer("spiffe://team/ci"), closed(), rendezvous());
    lookup.find(REPO, KEY);
    RunKey other = new RunKey(Digest.of(new byte[] {2}));

    lookup.report(REPO, KEY, LAPTOP, Fault.UNREACHABLE);
    lookup.report(REPO, KEY, LAPTOP, Fault.WRONG);
    String first = reports.take();
    lookup.report(REPO, other, LAPTOP, Fault.REFUSED);

    assertThat(List.of(first, reports.take()))
        .containsExactly(
            "POST /v1/repos/git.example.org%2Fteam%2Fproject/results/"
                + KEY.hex()
                + "/reports {\"peer\":\"spiffe://team/laptop\",\"fault\":\"unreachable\"}",
            "POST /v1/repos/git.example.org%2Fteam%2Fproject/results/"
                + other.hex()
                + "/reports {\"peer\":\"spiffe://team/laptop\",\"fault\":\"refused\"}");
    lookup.close();
    assertThat(reports).isEmpty();
  }

  @Test
  void tellsOfEachHitTheRendezvousThatAnswered() throws Exception {
    RendezvousLookup lookup = lookup(team.peer("spiffe://team/ci"), closed(), rendezvous());
    lookup.find(REPO, KEY);

    lookup.tellHit(REPO, KEY, LAPTOP, Duration.ofMillis(1500));
    String first = reports.take();
    lookup.tellHit(REPO, KEY, LAPTOP, Duration.ofDays(1000));

    String path = "POST /v1/repos/git.example.org%2Fteam%2Fproject/results/" + KEY.hex() + "/hits";
    String hit = path + " {\"peer\":\"spiffe://team/laptop\",\"savedMilliseconds\":";
    assertThat(List.of(first, reports.take())).containsExactly(hit + "1500}", hit + "2592000000}");
  }

  /** Neither reporting nor closing takes as long as it waits for an answer, which is minutes. */
  @Test
  void waitsForNoAnswerToWhatItSays() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    open.add(end::countDown);
    URI silent =
        server(
            call -> {
              if (call.method().equals("GET")) {
                call.answer(200, MediaTypes.JSON, holders());
              } else {
                reports.add("arrived");
                await(end);
              }
            });
    RendezvousLookup lookup = lookup(team.peer("spiffe://team/ci"), silent);
    lookup.find(REPO, KEY);

    lookup.report(REPO, KEY, LAPTOP, Fault.UNREACHABLE);
    lookup.tellHit(REPO, KEY, LAPTOP, Duration.ofSeconds(1));
    assertThat(reports.take()).isEqualTo("arrived");
    lookup.close();
  }

  @Test
  void goesOnWhereNobodyWantsToKnow() throws Exception {
    URI rendezvous =
        server(
            call -> {
              if (!call.method().equals("GET")) {
                reports.add("refused");
                throw ProblemException.noSuchPath();
              }
              call.answer(200, MediaTypes.JSON, holders());
            });
    RendezvousLookup lookup = lookup(team.peer("spiffe://team/ci"), rendezvous);
    lookup.report(REPO, KEY, LAPTOP, Fault.UNREACHABLE);
    lookup.tellHit(REPO, KEY, LAPTOP, Duration.ofSeconds(1));
    assertThat(List.of(reports.take(), reports.take())).containsExactly("refused", "refused");

    assertThat(lookup.find(REPO, KEY)).isInstanceOf(LookupResult.Found.class);
  }

  private RendezvousLookup lookup(TlsIdentity identity, URI... rendezvous) {
    RendezvousLookup lookup = new RendezvousLookup(identity, List.of(rendezvous), PATIENT);
    open.add(lookup);
    return lookup;
  }

  /** Names one holder for whatever it is asked, and takes reports. */
  private URI rendezvous() throws IOException {
    return server(
        call -> {
          if (call.method().equals("GET")) {
            call.answer(200, MediaTypes.JSON, holders());
          } else {
            String body = new String(call.body(Limits.REQUEST_BODY), UTF_8);
            reports.add(call.method() + " " + call.path() + " " + body);
            call.answer(204);
          }
        });
  }

  private static byte[] holders() {
    return new HolderList(List.of(new HolderList.Entry(LAPTOP, List.of(ADDRESS)))).json();
  }

  private interface Answer {

    void answer(HttpCall call) throws ProblemException, IOException;
  }

  private URI server(Answer answer) throws IOException {
    HttpsServer server =
        HttpsServer.start(
            new TlsListener(team.peer("spiffe://team/rendezvous")),
            Https.LOOPBACK,
            ServerLimits.RENDEZVOUS,
            answer::answer);
    open.add(server);
    return PeerAddress.of(server.address());
  }

  /** Connections are made, and nobody ever reads from them. */
  private URI silent() throws IOException {
    ServerSocket socket = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    open.add(socket);
    return PeerAddress.of((InetSocketAddress) socket.getLocalSocketAddress());
  }

  private static URI closed() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return PeerAddress.parse("https://127.0.0.1:" + socket.getLocalPort());
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
