package dev.peer.tls;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ListeningTest {

  @Test
  void aServerThatCannotListenNamesItsAddressSo() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("::1"))) {
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.ofLiteral("::1"), taken.getLocalPort());
      TlsIdentity identity = new TestAuthority("team").peer("spiffe://team/server");

      assertThatThrownBy(
              () -> TlsAcceptor.start(identity, address, 1, Duration.ofSeconds(1), _ -> {}))
          .isInstanceOf(IOException.class)
          .hasMessageMatching("cannot listen on \\[[0:]+1]:" + address.getPort() + ": .+");
    }
  }
}
