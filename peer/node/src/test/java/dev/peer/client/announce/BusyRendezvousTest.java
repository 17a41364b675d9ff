package dev.peer.client.announce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.client.BoundedHttpClient;
import dev.peer.client.rendezvous.RendezvousLookup;
import dev.peer.core.find.LookupResult;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.http.HttpCall;
import dev.peer.http.Https;
import dev.peer.http.HttpsServer;
import dev.peer.http.ProblemException;
import dev.peer.http.ServerLimits;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsClient;
import dev.peer.tls.TlsIdentity;
import dev.peer.tls.TlsListener;
import dev.peer.wire.InstanceId;
import dev.peer.wire.LeaseRequest;
import dev.peer.wire.LeaseTerms;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.PeerAddress;
import dev.peer.wire.Problem;
import dev.peer.wire.RendezvousPath;
import dev.peer.wire.RunState;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A rendezvous that has too much to do, and says when to come again. */
@Timeout(300)
class BusyRendezvousTest {

  private static final RepoId REPO = new RepoId("example.org/a");
  private static final RunKey KEY = new RunKey(Digest.of(new byte[] {1}));

  private final TestAuthority team = new TestAuthority("team");
  private final TlsIdentity laptop = team.peer("spiffe://team/laptop");
  private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> notices = new LinkedBlockingQueue<>();
  private final AtomicInteger busyTimes = new AtomicInteger();
  private Duration retryAfter = Duration.ofSeconds(1);
  private HttpsServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        HttpsServer.start(
            new TlsListener(team.peer("spiffe://team/rendezvous")),
            Https.LOOPBACK,
            ServerLimits.RENDEZVOUS,
            this::serve);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void isAskedAgainWhenItSays() throws Exception {
    busyTimes.set(2);
    try (RendezvousLookup lookup = lookup()) {
      assertThat(lookup.find(REPO, KEY)).isEqualTo(new LookupResult.Absent());
    }
    assertThat(asked).hasSize(3);
  }

  @Test
  void isNotWaitedForLongerThanForAnAnswer() throws Exception {
    retryAfter = Duration.ofHours(1);
    busyTimes.set(100);
    try (RendezvousLookup lookup = lookup()) {
      assertThat(lookup.find(REPO, KEY)).isInstanceOf(LookupResult.Unavailable.class);
    }
    assertThat(asked).hasSize(1);
  }

  @Test
  void getsTheLeaseAndTheAnnouncementWhenItHasTime() throws Exception {
    busyTimes.set(1);
    LeaseKeeper keeper =
        new LeaseKeeper(
            laptop.id(),
            new LeaseRequests(
                address(),
                new InstanceId("a"),
                new BoundedHttpClient(
                    TlsClient.ofService(laptop, Duration.ofSeconds(9)),
                    AnnounceAndLookupTest.PATIENCE)),
            () -> new LeaseRequest(List.of(PeerAddress.parse("https://h:7001"))),
            AnnounceAndLookupTest.PATIENCE,
            notices::add);
    RendezvousPath.Result result = new RendezvousPath.Result(REPO, KEY);
    keeper.want(result, Optional.of(RunState.PASSED));
    keeper.start();

    assertThat(asked.take()).isEqualTo("PUT /v1/lease");
    assertThat(asked.take()).isEqualTo("PUT /v1/lease");
    assertThat(asked.take()).isEqualTo("PUT " + result.text());
    keeper.close();
    assertThat(asked.take()).isEqualTo("DELETE /v1/lease");
    assertThat(notices).isEmpty();
  }

  private RendezvousLookup lookup() {
    return new RendezvousLookup(laptop, List.of(address()), AnnounceAndLookupTest.PATIENCE);
  }

  private URI address() {
    return PeerAddress.of(server.address());
  }

  private void serve(HttpCall call) throws ProblemException, IOException {
    asked.add(call.method() + " " + call.path());
    if (busyTimes.getAndDecrement() > 0) {
      throw ProblemException.busy("too much to do", retryAfter);
    }
    if (call.method().equals("GET")) {
      throw new ProblemException(Problem.Kind.NO_SUCH_RESULT, "nobody");
    }
    if (call.path().equals("/v1/lease") && call.method().equals("PUT")) {
      LeaseTerms terms = new LeaseTerms(Duration.ofSeconds(20), Duration.ofSeconds(60));
      call.answer(201, MediaTypes.JSON, terms.json());
    } else {
      call.answer(204);
    }
  }
}
