package dev.peer.vm.network;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.network.ProxyRules;
import dev.peer.core.network.Reach;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PreparationProxyTest {

  private static final String NAME = "packages.company.test";

  private final List<String> notes = new CopyOnWriteArrayList<>();
  private ServerSocket company;
  private PreparationProxy proxy;

  @BeforeEach
  void start() throws Exception {
    company = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
    proxy = start("open");
  }

  @AfterEach
  void end() throws Exception {
    proxy.close();
    company.close();
  }

  @Test
  void aConnectionGoesOnWithTheCompanysPasswordAndEveryByte() throws Exception {
    CompletableFuture<String> asked = answering("HTTP/1.1 200 OK\r\n\r\n");
    try (Socket guest = ask("CONNECT " + NAME + ":443 HTTP/1.1\r\nHost: x\r\nUser-Agent: t\r\n")) {
      assertThat(asked.get())
          .isEqualTo(
              "CONNECT packages.company.test:443 HTTP/1.1\r\n"
                  + "Host: packages.company.test:443\r\n"
                  + "User-Agent: t\r\n"
                  + "Proxy-Authorization: Basic dTpwQHNz\r\n\r\n");
      assertThat(new String(guest.getInputStream().readAllBytes(), ISO_8859_1))
          .isEqualTo("HTTP/1.1 200 OK\r\n\r\n");
    }
    assertThat(proxy.userInfo()).doesNotContain("p@ss");
  }

  /** What came behind it could be a request for another server. */
  @Test
  void aRequestOfPlainHttpGoesOnWithItsBodyAndNothingElse() throws Exception {
    CompletableFuture<String> asked = answering("HTTP/1.1 200 OK\r\n\r\n");
    try (Socket guest =
        ask(
            "POST http://"
                + NAME
                + "/a?b HTTP/1.1\r\nHost: other\r\nConnection: keep-alive\r\nContent-Length: 2\r\n",
            "okGET http://other.test/ HTTP/1.1\r\n\r\n")) {
      assertThat(guest.getInputStream().readAllBytes()).isNotEmpty();
    }
    assertThat(asked.get())
        .isEqualTo(
            "POST http://packages.company.test/a?b HTTP/1.1\r\n"
                + "Host: packages.company.test:80\r\n"
                + "Proxy-Authorization: Basic dTpwQHNz\r\n"
                + "Content-Length: 2\r\nConnection: close\r\n\r\nok");
  }

  @Test
  void onlyTheGuestIsAnsweredAndOnlyUntilTheEnd() throws Exception {
    assertThat(answer("CONNECT " + NAME + ":443 HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 407 ");
    assertThat(
            answer(
                "CONNECT " + NAME + ":443 HTTP/1.1\r\nProxy-Authorization: Basic cGVlcjo=\r\n\r\n"))
        .startsWith("HTTP/1.1 407 ");
    int port = proxy.port();

    proxy.close();

    assertThat(CompletableFuture.supplyAsync(() -> connects(port)).get()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "a.0x7f",
        "0.0.0.0",
        "localhost",
        "LOCALHOST.",
        "169.254.169.254",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[fe80::1]",
        "[64:ff9b::a9fe:a9fe]",
        "[2002:7f00:1::1]",
        "[fd00:ec2::254]"
      })
  void nothingLeadsBackToThisHostOrItsNeighbourhood(String host) throws Exception {
    assertThat(refused("CONNECT " + host + ":80 HTTP/1.1\r\n")).isTrue();
    assertThat(refused("GET http://" + host + "/ HTTP/1.1\r\n")).isTrue();
    assertThat(notes)
        .containsExactly(
            "refused to ask the proxy for " + host + ":80: it is this host or next to it");
  }

  @Test
  void aListHoldsHereToo() throws Exception {
    proxy.close();
    proxy = start(NAME + ":443,198.51.100.7,[2001:db8::7]:443");

    assertThat(refused("CONNECT " + NAME + ":80 HTTP/1.1\r\n")).isTrue();
    assertThat(refused("CONNECT a." + NAME + ":443 HTTP/1.1\r\n")).isTrue();
    assertThat(refused("CONNECT 198.51.100.8:443 HTTP/1.1\r\n")).isTrue();
    assertThat(refused("CONNECT [2001:db8::8]:443 HTTP/1.1\r\n")).isTrue();
    assertThat(refused("CONNECT [2001:db8::7]:80 HTTP/1.1\r\n")).isTrue();
    assertThat(notes).hasSize(5).allMatch(note -> note.endsWith(": PEER_PREPARE_NETWORK omits it"));
    for (String listed :
        List.of(
            NAME.toUpperCase(java.util.Locale.ROOT) + ":443",
            "198.51.100.7:1",
            "[2001:db8::7]:443",
            "[2001:DB8:0::0007]:443")) {
      CompletableFuture<String> asked = answering("HTTP/1.1 200 OK\r\n\r\n");
      ask("CONNECT " + listed + " HTTP/1.1\r\n").close();
      assertThat(asked.get()).startsWith("CONNECT " + listed);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\n",
        "GET https://packages.company.test/ HTTP/1.1\r\n",
        "GET http://u@packages.company.test/ HTTP/1.1\r\n",
        "CONNECT packages.company.test HTTP/1.1\r\n",
        "CONNECT packages.company.test:0 HTTP/1.1\r\n",
        "CONNECT packages.company.test:70000 HTTP/1.1\r\n",
        "CONNECT http://packages.company.test/ HTTP/1.1\r\n",
        "POST http://packages.company.test/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n",
        "POST http://packages.company.test/ HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n",
        "POST http://packages.company.test/ HTTP/1.1\r\nContent-Length : 1\r\n",
        "POST http://packages.company.test/ HTTP/1.1\r\nA: b\r\n Content-Length: 1\r\n",
        "POST http://packages.company.test/ HTTP/1.1\r\nA: b\nContent-Length: 1\r\n"
      })
  void aRequestOfAnotherFormIsNone(String head) throws Exception {
    try (Socket guest = ask(head)) {
      assertThat(new String(guest.getInputStream().readAllBytes(), ISO_8859_1))
          .startsWith("HTTP/1.1 400 ");
    }
  }

  private PreparationProxy start(String reach) throws IOException {
    Map<String, String> environment =
        Map.of(
            "HTTPS_PROXY", "http://u:p%40ss@127.0.0.1:" + company.getLocalPort(),
            "http_proxy", "http://u:p%40ss@127.0.0.1:" + company.getLocalPort());
    return PreparationProxy.start(
        ProxyRules.ofPlain(environment),
        ProxyRules.of(environment),
        Reach.parse(reach),
        notes::add);
  }

  /** What the company's proxy is asked next; it answers and hangs up. */
  private CompletableFuture<String> answering(String answer) {
    CompletableFuture<String> asked = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try (Socket caller = company.accept()) {
                asked.complete(request(caller.getInputStream()));
                caller.getOutputStream().write(answer.getBytes(ISO_8859_1));
              } catch (IOException e) {
                asked.completeExceptionally(e);
              }
            });
    return asked;
  }

  private static String request(InputStream in) throws IOException {
    StringBuilder read = new StringBuilder();
    while (!read.toString().endsWith("\r\n\r\n")) {
      read.append((char) in.read());
    }
    if (read.indexOf("Content-Length: 2") >= 0) {
      read.append(new String(in.readNBytes(2), ISO_8859_1));
      assertThat(in.available()).isZero();
    }
    return read.toString();
  }

  private Socket ask(String head, String... more) throws IOException {
    String user = Base64.getEncoder().encodeToString(proxy.userInfo().getBytes(ISO_8859_1));
    return send(head + "Proxy-Authorization: Basic " + user + "\r\n\r\n" + String.join("", more));
  }

  private Socket send(String text) throws IOException {
    Socket guest = new Socket(InetAddress.ofLiteral("127.0.0.1"), proxy.port());
    guest.getOutputStream().write(text.getBytes(ISO_8859_1));
    return guest;
  }

  private String answer(String text) throws IOException {
    try (Socket guest = send(text)) {
      return new String(guest.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }

  private boolean refused(String head) throws IOException {
    try (Socket guest = ask(head)) {
      return new String(guest.getInputStream().readAllBytes(), ISO_8859_1)
          .startsWith("HTTP/1.1 403 ");
    }
  }

  private static boolean connects(int port) {
    try (Socket _ = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
