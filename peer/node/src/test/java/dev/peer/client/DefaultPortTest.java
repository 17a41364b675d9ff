package dev.peer.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.client.announce.ServeSettings;
import dev.peer.client.fetch.LocalRoute;
import dev.peer.http.Https;
import dev.peer.http.HttpsServer;
import dev.peer.http.ServerLimits;
import dev.peer.tls.Request;
import dev.peer.tls.Response;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsClient;
import dev.peer.tls.TlsListener;
import dev.peer.wire.Limits;
import dev.peer.wire.PeerAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A rendezvous at the port of HTTPS, whose URL names none. */
@Timeout(300)
class DefaultPortTest {

  private static final URI RENDEZVOUS = URI.create("https://127.0.0.1");
  private static final Duration LONG = Duration.ofSeconds(60);

  @Test
  void findsTheAddressThatARendezvousWithoutAPortSees() throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    assertThat(LocalRoute.towards(RENDEZVOUS)).isEqualTo(loopback);

    ServeSettings settings =
        new ServeSettings(List.of(RENDEZVOUS), Optional.empty(), List.of(), List.of());
    assertThat(settings.addresses(RENDEZVOUS, new InetSocketAddress(7001)))
        .containsExactly(PeerAddress.of(new InetSocketAddress(loopback, 7001)));
  }

  @Test
  void namesARendezvousAsItsUrlDoes() throws Exception {
    TestAuthority team = new TestAuthority("team");
    try (HttpsServer server =
            HttpsServer.start(
                new TlsListener(team.peer("spiffe://team/rendezvous")),
                Https.LOOPBACK,
                ServerLimits.RENDEZVOUS,
                call -> call.answer(200, "text/plain", new byte[Limits.ANSWER_BODY + 1]));
        TlsClient client = TlsClient.ofService(team.peer("spiffe://team/laptop"), LONG)) {
      URI uri = URI.create(PeerAddress.of(server.address()) + "/v1/status");
      Response answer = client.send(Request.get(uri, LONG));
      assertThatThrownBy(
              () -> BoundedHttpClient.read(URI.create("https://meet.example.org"), answer, LONG))
          .hasMessage("meet.example.org: an answer of more than " + Limits.ANSWER_BODY + " bytes");
    }
  }
}
