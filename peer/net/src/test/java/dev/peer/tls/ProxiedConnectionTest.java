package dev.peer.tls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.peer.core.network.ProxyRules;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Through a real proxy, to a server whose name that proxy alone knows. */
@Timeout(300)
class ProxiedConnectionTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String SERVER = "spiffe://team/meet";
  private static final String LAPTOP = "spiffe://team/laptop";

  private final TestAuthority team = new TestAuthority("team");
  private final LinkedBlockingQueue<String> callers = new LinkedBlockingQueue<>();
  private ConnectProxy proxy;
  private TlsAcceptor server;
  private URI address;

  @BeforeEach
  void start() throws Exception {
    proxy = ConnectProxy.start();
    server =
        TlsAcceptor.start(
            team.peer(SERVER),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            9,
            LONG,
            connection -> {
              callers.add(connection.other().id().toString());
              HeadReader.read(connection.in());
              connection
                  .out()
                  .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi".getBytes(UTF_8));
              connection.out().flush();
            });
    address = URI.create("https://meet.company.test:" + server.address().getPort());
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    proxy.close();
  }

  @Test
  void mutualTlsGoesThroughUnharmed() throws Exception {
    ask(rules(""));

    assertThat(proxy.asked()).containsExactly(address.getAuthority());
    assertThat(callers.take()).isEqualTo(LAPTOP);
  }

  @Test
  void aConnectionWithAnotherProtocolGoesThroughToo() throws Exception {
    try (TlsConnector connector = new TlsConnector(team.peer(LAPTOP), rules(""))) {
      TlsConnection connection = connector.connect(address, LONG);

      assertThat(connection.other().id()).hasToString(SERVER);
      assertThat(proxy.asked()).containsExactly(address.getAuthority());
    }
  }

  @Test
  void aServerOfTheWorldIsAskedThroughIt() throws Exception {
    try (PublicClient client = new PublicClient(LONG, List.of(), rules(""))) {
      assertThatExceptionOfType(ConnectionException.class)
          .isThrownBy(() -> client.send(request(address)))
          .withMessageStartingWith(address.getAuthority() + ": TLS failed: ");
    }

    assertThat(proxy.asked()).contains(address.getAuthority());
    assertThat(callers).isEmpty();
  }

  @Test
  void theUserOfTheProxysUrlIsToldToTheProxy() throws Exception {
    proxy.require("Basic dTpwQHNz");

    ask(rules("u:p%40ss@"));

    assertThat(callers.take()).isEqualTo(LAPTOP);
  }

  @Test
  void whatIsExceptedGoesByItself() throws Exception {
    URI here = URI.create("https://127.0.0.1:" + server.address().getPort());
    try (TlsClient client = TlsClient.ofService(team.peer(LAPTOP), LONG, rules(""))) {
      assertThat(client.send(request(here)).body()).hasContent("hi");
    }

    assertThat(proxy.asked()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "407 Proxy Authentication Required | wants a user and a password (407 Proxy"
            + " Authentication Required): set it to http://[USER:PASSWORD@]HOST:PORT",
        "403 Forbidden | refuses the way to ADDRESS (403 Forbidden): have it allowed there, or"
            + " name the host in NO_PROXY",
        "502 Bad Gateway | has no way to ADDRESS (502 Bad Gateway)"
      })
  void aRefusalIsToldAsTheProxys(String status, String words) {
    proxy.refuse(status);
    String expected =
        address.getAuthority()
            + ": the proxy "
            + proxy.address()
            + " of HTTPS_PROXY "
            + words.replace("ADDRESS", address.getAuthority());

    assertThatExceptionOfType(ConnectionException.class)
        .isThrownBy(() -> ask(rules("")))
        .withMessage(expected);
    try (TlsConnector connector = new TlsConnector(team.peer(LAPTOP), rules(""))) {
      assertThatExceptionOfType(ConnectionException.class)
          .isThrownBy(() -> connector.connect(address, LONG))
          .withMessage(expected)
          .matches(e -> e.kind() == ConnectionException.Kind.UNREACHABLE);
    }
    assertThat(callers).isEmpty();
  }

  @Test
  void aProxyThatIsNotThereIsNamed() throws Exception {
    ProxyRules gone = rules("");
    proxy.close();

    assertThatExceptionOfType(ConnectionException.class)
        .isThrownBy(() -> ask(gone))
        .withMessageContaining(
            "the proxy " + proxy.address() + " of HTTPS_PROXY gives no connection");
  }

  @Test
  void whatAProxyPutsInBetweenIsNotTakenForTheServer() throws Exception {
    TestAuthority company = new TestAuthority("company");
    try (TlsAcceptor inspecting =
        TlsAcceptor.start(
            company.peer(SERVER),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            9,
            LONG,
            connection -> callers.add("taken in"))) {
      address = URI.create("https://meet.company.test:" + inspecting.address().getPort());

      assertThatExceptionOfType(ConnectionException.class)
          .isThrownBy(() -> ask(rules("")))
          .withMessageContaining("its certificate is not trusted")
          .matches(e -> e.kind() == ConnectionException.Kind.NOT_WHO_IT_SHOULD_BE);
    }
    assertThat(callers).isEmpty();
  }

  private void ask(ProxyRules rules) throws Exception {
    try (TlsClient client = TlsClient.ofService(team.peer(LAPTOP), LONG, rules)) {
      assertThat(client.send(request(address)).body()).hasContent("hi");
    }
  }

  private static Request request(URI address) {
    return Request.get(address.resolve("/"), LONG);
  }

  private ProxyRules rules(String user) {
    return ProxyRules.of(Map.of("HTTPS_PROXY", "http://" + user + proxy.address()));
  }
}
