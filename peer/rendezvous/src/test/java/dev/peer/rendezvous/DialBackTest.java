package dev.peer.rendezvous;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.id.PeerId;
import dev.peer.http.Https;
import dev.peer.http.ProblemException;
import dev.peer.pki.issue.Purpose;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsAcceptor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With real listeners, and a certificate that is good for servers alone. */
@Timeout(300)
class DialBackTest {

  private static final PeerId LAPTOP = new PeerId("spiffe://team/laptop");
  private static final PeerId CI = new PeerId("spiffe://team/ci");

  private final TestAuthority team = new TestAuthority("team");
  private final AtomicLong clock = new AtomicLong();
  private final DialBack dialBack =
      new DialBack(
          team.peer(
              team.issue(
                  TestAuthority.request("spiffe://team/meet").purposes(Purpose.SERVER_AUTH))),
          clock::get);

  @Test
  void tellsWhereThePeerItselfAnswers() throws Exception {
    try (TlsAcceptor laptop = listening(LAPTOP);
        TlsAcceptor ci = listening(CI)) {
      List<URI> both = List.of(at(ci.address()), at(laptop.address()));

      assertThat(dialBack.reached(LAPTOP, both)).containsExactly(at(laptop.address()));
      assertThat(dialBack.reached(CI, both)).containsExactly(at(ci.address()));
    }
  }

  @Test
  void answersOneQuestionOfAPeerAtATime() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      URI address = at((InetSocketAddress) silent.getLocalSocketAddress());
      FutureTask<List<URI>> first =
          new FutureTask<>(() -> dialBack.reached(LAPTOP, List.of(address)));
      Thread.ofVirtual().start(first);
      try (Socket _ = silent.accept()) {
        clock.addAndGet(Duration.ofHours(1).toNanos());

        assertThatThrownBy(() -> dialBack.reached(LAPTOP, List.of()))
            .isInstanceOf(ProblemException.class);
        assertThat(dialBack.reached(CI, List.of())).isEmpty();
      }
      assertThat(first.get()).isEmpty();
    }
    clock.addAndGet(Duration.ofHours(1).toNanos());

    assertThat(dialBack.reached(LAPTOP, List.of())).isEmpty();
  }

  private TlsAcceptor listening(PeerId peer) throws Exception {
    return TlsAcceptor.start(
        team.peer(peer.toString()),
        Https.LOOPBACK,
        9,
        Duration.ofMinutes(1),
        connection -> connection.in().read());
  }

  private static URI at(InetSocketAddress address) {
    return URI.create("https://127.0.0.1:" + address.getPort());
  }
}
