package dev.peer.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever is on this machine can connect to the proxy, and only its own client gets through. */
@Timeout(300)
class RouteProxyTest {

  private static final URI ANY = URI.create("https://relay.example.org:1/x");

  private final AtomicInteger opened = new AtomicInteger();
  private RouteProxy proxy;

  @BeforeEach
  void start() throws Exception {
    proxy =
        new RouteProxy(
            () -> {
              opened.incrementAndGet();
              throw new IOException("there is no way");
            });
  }

  @AfterEach
  void stop() {
    proxy.close();
  }

  @Test
  void opensTheRouteForARequestWithAPass() throws Exception {
    try (RouteProxy.Pass pass = proxy.pass(ANY);
        RouteProxy.Pass other = proxy.pass(ANY)) {
      assertThat(ask(word(pass))).startsWith("HTTP/1.1 502 ");
      assertThat(opened).hasValue(1);
      assertThat(pass.failure().orElseThrow()).hasMessage("there is no way");
      assertThat(other.failure()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Proxy-Authorization: Peer \r\n", "Proxy-Authorization: Peer 0\r\n"})
  void refusesARequestWithoutAPass(String header) throws Exception {
    try (RouteProxy.Pass pass = proxy.pass(ANY)) {
      assertThat(ask(header)).startsWith("HTTP/1.1 403 ");
      assertThat(opened).hasValue(0);
      assertThat(pass.failure()).isEmpty();
    }
  }

  @Test
  void refusesAPassWhoseRequestIsOver() throws Exception {
    String word;
    try (RouteProxy.Pass pass = proxy.pass(ANY)) {
      word = word(pass);
    }

    assertThat(ask(word)).startsWith("HTTP/1.1 403 ");
    assertThat(opened).hasValue(0);
  }

  @Test
  void refusesAPassOfAnotherProxy() throws Exception {
    try (RouteProxy other = new RouteProxy(() -> null);
        RouteProxy.Pass pass = other.pass(ANY)) {
      assertThat(ask(word(pass))).startsWith("HTTP/1.1 403 ");
    }
  }

  private static String word(RouteProxy.Pass pass) {
    return "Proxy-Authorization: "
        + pass.admitted(HttpRequest.newBuilder(ANY).build())
            .headers()
            .firstValue("Proxy-Authorization")
            .orElseThrow()
        + "\r\n";
  }

  private String ask(String header) throws IOException {
    InetSocketAddress address =
        (InetSocketAddress) proxy.selector().select(ANY).getFirst().address();
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      socket
          .getOutputStream()
          .write(
              ("CONNECT relay.example.org:1 HTTP/1.1\r\nHost: x\r\n" + header + "\r\n")
                  .getBytes(ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }
}
