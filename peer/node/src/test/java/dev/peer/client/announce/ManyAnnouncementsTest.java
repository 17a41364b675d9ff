package dev.peer.client.announce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.client.BoundedHttpClient;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.MalformedException;
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
import dev.peer.wire.Limits;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.PeerAddress;
import dev.peer.wire.Problem;
import dev.peer.wire.RendezvousPath;
import dev.peer.wire.RunList;
import dev.peer.wire.RunState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a peer that has many results tells a rendezvous of them. */
@Timeout(300)
class ManyAnnouncementsTest {

  private static final RepoId LARGE = new RepoId("example.org/large");
  private static final RepoId SMALL = new RepoId("example.org/small");

  private final TestAuthority team = new TestAuthority("team");
  private final TlsIdentity laptop = team.peer("spiffe://team/laptop");
  private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> notices = new LinkedBlockingQueue<>();
  private boolean takesThemTogether = true;
  private boolean forgets;
  private HttpsServer server;
  private LeaseKeeper keeper;

  @BeforeEach
  void start() throws IOException {
    server =
        HttpsServer.start(
            new TlsListener(team.peer("spiffe://team/rendezvous")),
            Https.LOOPBACK,
            ServerLimits.RENDEZVOUS,
            this::serve);
    keeper =
        new LeaseKeeper(
            laptop.id(),
            new LeaseRequests(
                PeerAddress.of(server.address()),
                new InstanceId("a"),
                new BoundedHttpClient(
                    TlsClient.ofService(laptop, Duration.ofSeconds(9)),
                    AnnounceAndLookupTest.PATIENCE)),
            () -> new LeaseRequest(List.of(PeerAddress.parse("https://h:7001"))),
            AnnounceAndLookupTest.PATIENCE,
            notices::add);
  }

  @AfterEach
  void stop() {
    keeper.close();
    server.close();
  }

  @Test
  void tellsOfThoseOfOneRepositoryTogether() throws Exception {
    want(LARGE, Limits.RUNS + 3);
    want(SMALL, 1);
    keeper.start();

    assertThat(asked.take()).isEqualTo("PUT /v1/lease");
    assertThat(asked.take()).isEqualTo("POST /v1/repos/example.org%2Flarge/results of 200");
    assertThat(asked.take()).isEqualTo("POST /v1/repos/example.org%2Flarge/results of 3");
    assertThat(asked.take()).isEqualTo("PUT " + run(SMALL, 0).text());
    assertThat(notices).isEmpty();
  }

  @Test
  void tellsOfAllAgainWhenItsLeaseIsForgotten() throws Exception {
    forgets = true;
    want(LARGE, 3);
    keeper.start();

    for (int i = 0; i < 2; i++) {
      assertThat(asked.take()).isEqualTo("PUT /v1/lease");
      assertThat(asked.take()).isEqualTo("POST /v1/repos/example.org%2Flarge/results of 3");
    }
    assertThat(notices).isEmpty();
  }

  @Test
  void tellsARendezvousThatKnowsNoOtherWayOfOneAfterTheOther() throws Exception {
    takesThemTogether = false;
    want(LARGE, 2);
    keeper.start();

    assertThat(asked.take()).isEqualTo("PUT /v1/lease");
    assertThat(asked.take()).isEqualTo("POST /v1/repos/example.org%2Flarge/results of 2");
    assertThat(asked.take()).isEqualTo("PUT " + run(LARGE, 0).text());
    assertThat(asked.take()).isEqualTo("PUT " + run(LARGE, 1).text());
    assertThat(notices).isEmpty();
  }

  private void want(RepoId repo, int runs) {
    for (int i = 0; i < runs; i++) {
      keeper.want(run(repo, i), Optional.of(RunState.PASSED));
    }
  }

  private static RendezvousPath.Result run(RepoId repo, int number) {
    byte[] bytes = ByteBuffer.allocate(4).putInt(number).array();
    return new RendezvousPath.Result(repo, new RunKey(Digest.of(bytes)));
  }

  private void serve(HttpCall call) throws ProblemException, IOException {
    String asking = call.method() + " " + call.path();
    if (call.path().equals("/v1/lease") && call.method().equals("PUT")) {
      asked.add(asking);
      LeaseTerms terms = new LeaseTerms(Duration.ofSeconds(20), Duration.ofSeconds(60));
      call.answer(201, MediaTypes.JSON, terms.json());
    } else if (call.method().equals("POST")) {
      together(call, asking);
    } else {
      asked.add(asking);
      call.answer(204);
    }
  }

  private void together(HttpCall call, String asking) throws ProblemException, IOException {
    try {
      asked.add(asking + " of " + RunList.parse(call.body(Limits.REQUEST_BODY)).runs().size());
    } catch (MalformedException e) {
      throw ProblemException.of(e);
    }
    if (!takesThemTogether) {
      throw ProblemException.noSuchPath();
    }
    if (forgets) {
      forgets = false;
      throw new ProblemException(Problem.Kind.NO_LEASE, "no lease");
    }
    call.answer(204);
  }
}
