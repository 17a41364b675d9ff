package dev.peer.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.peer.core.network.ProxyRules;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that keep their connections, and servers that do what they should not. */
@Timeout(300)
class HttpConnectionsTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String HI = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

  private final PublicClient client = new PublicClient(LONG);
  private final AtomicInteger accepted = new AtomicInteger();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private ServerSocket server;
  private volatile Script script;

  /** What a server does on a connection. */
  private interface Script {

    void play(InputStream in, OutputStream out) throws IOException, InterruptedException;
  }

  @BeforeEach
  void start() throws Exception {
    server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        accepted.incrementAndGet();
        open.add(socket);
        Thread.ofVirtual().start(() -> play(socket));
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  private void play(Socket socket) {
    try (socket) {
      script.play(socket.getInputStream(), socket.getOutputStream());
    } catch (IOException | InterruptedException e) {
      // The client has left.
    }
  }

  /** Answers each request on a connection in the same way. */
  private static Script always(String answer) {
    return (in, out) -> {
      while (true) {
        HeadReader.read(in);
        out.write(answer.getBytes(US_ASCII));
      }
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        HI,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nh\r\n1;x=y\r\ni\r\n0\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" + HI
      })
  void keepsAConnectionForTheNextRequest(String answer) throws Exception {
    script = always(answer);

    for (int i = 0; i < 3; i++) {
      assertThat(text(get())).isEqualTo("hi");
    }

    assertThat(accepted).hasValue(1);
  }

  @Test
  void keepsItAfterAnAnswerWithoutABody() throws Exception {
    script = always("HTTP/1.1 204 No Content\r\n\r\n");

    assertThat(get().status()).isEqualTo(204);
    assertThat(get().status()).isEqualTo(204);
    assertThat(accepted).hasValue(1);
  }

  @Test
  void waitsForNoBodyOfAHead() throws Exception {
    script = always("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");

    Response head = client.send(Request.of("HEAD", uri(), LONG));

    assertThat(head.header("content-length")).contains("1000");
    assertThat(head.body().read()).isEqualTo(-1);
  }

  @Test
  void opensAnotherBesideAnAnswerUnderWay() throws Exception {
    script = always(HI);

    Response first = get();
    Response second = get();

    assertThat(accepted).hasValue(2);
    assertThat(text(first) + text(second)).isEqualTo("hihi");
  }

  @Test
  void keepsNoMoreThanItsMost() throws Exception {
    script = always(HI);

    for (int i = 0; i < 2; i++) {
      List<Response> answers = new ArrayList<>();
      for (int each = 0; each <= WaitingConnections.MOST; each++) {
        answers.add(get());
      }
      for (Response answer : answers) {
        assertThat(text(answer)).isEqualTo("hi");
      }
    }

    assertThat(accepted).hasValue(WaitingConnections.MOST + 2);
  }

  @Test
  void keepsNoneWhileTheMachineSleeps() throws Exception {
    script = always(HI);
    AtomicReference<Instant> time = new AtomicReference<>(Instant.now());
    try (HttpConnections connections =
        HttpConnections.through(ProxyRules.DIRECT, LONG, WaitingConnections.ofOne(time::get))) {
      for (Duration slept :
          List.of(Duration.ZERO, WaitingConnections.KEPT.minusNanos(1), WaitingConnections.KEPT)) {
        time.set(time.get().plus(slept));
        Response answer = connections.send(Request.get(uri(), LONG), new Plain());
        assertThat(text(answer)).isEqualTo("hi");
      }
    }

    assertThat(accepted).hasValue(2);
  }

  /** Without TLS, whose servers are all trusted. */
  private static final class Plain implements HttpConnections.Side {

    @Override
    public Object kind() {
      return Plain.class;
    }

    @Override
    public Socket shake(URI server, Socket socket) {
      return socket;
    }

    @Override
    public boolean trusts(Optional<SSLSession> session) {
      return true;
    }
  }

  @Test
  void cutsOffAnAnswerThatNobodyWants() throws Exception {
    CountDownLatch cut = new CountDownLatch(1);
    script =
        (in, out) -> {
          HeadReader.read(in);
          out.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nh".getBytes(US_ASCII));
          try {
            in.transferTo(OutputStream.nullOutputStream());
          } finally {
            cut.countDown();
          }
        };

    get().close();

    cut.await();
    script = always(HI);
    assertThat(text(get())).isEqualTo("hi");
    assertThat(accepted).hasValue(2);
  }

  /** As after a change of the network: what is sent there gets no answer and no refusal. */
  @Test
  void asksAnewWhereNothingComesOnTheConnectionThatWaited() throws Exception {
    script =
        (in, out) -> {
          HeadReader.read(in);
          out.write(HI.getBytes(US_ASCII));
          in.transferTo(OutputStream.nullOutputStream());
        };
    assertThat(text(get())).isEqualTo("hi");

    Response answer = client.send(Request.get(uri(), Duration.ofSeconds(30)));

    assertThat(text(answer)).isEqualTo("hi");
    assertThat(accepted).hasValue(2);
  }

  @Test
  void asksAnewWhereTheServerEndedTheConnectionThatWaited() throws Exception {
    script =
        (in, out) -> {
          HeadReader.read(in);
          out.write(HI.getBytes(US_ASCII));
        };

    for (int i = 0; i < 5; i++) {
      assertThat(text(get())).isEqualTo("hi");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi"
      })
  void doesNotKeepWhatTheServerEnds(String answer) throws Exception {
    script = always(answer);

    assertThat(text(get()) + text(get())).isEqualTo("hihi");
    assertThat(accepted).hasValue(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 two hundred\r\n\r\n",
        "HTTP/1.1 000 nothing\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nhi",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nhi",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: rot13\r\n\r\nhi"
      })
  void saysThatAServerDoesNotAnswerByHttp(String answer) {
    script = always(answer);

    assertIsNoHttp();
  }

  @Test
  void readsNoHeadWithoutEnd() {
    script = endless("HTTP/1.1 200 OK\r\n", "X: y\r\n".repeat(100));

    assertIsNoHttp();
  }

  @Test
  void readsNoLineWithoutEnd() {
    script = endless("", "HTTP/1.1 200 ");

    assertIsNoHttp();
  }

  private static Script endless(String first, String next) {
    return (in, out) -> {
      HeadReader.read(in);
      out.write(first.getBytes(US_ASCII));
      while (true) {
        out.write(next.getBytes(US_ASCII));
      }
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 3\r\n\r\nhi",
        "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n",
        "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\nzz\r\n",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhi"
      })
  void aBodyThatEndsEarlyIsNotWhole(String rest) throws Exception {
    script =
        (in, out) -> {
          HeadReader.read(in);
          out.write(("HTTP/1.1 200 OK\r\n" + rest).getBytes(US_ASCII));
        };

    Response answer = get();

    assertThatIOException().isThrownBy(() -> text(answer));
  }

  @Test
  void hearsWhyAServerTakesNoMore() throws Exception {
    script =
        (in, out) -> {
          HeadReader.read(in);
          out.write(
              "HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno".getBytes(US_ASCII));
        };

    Response answer =
        client.send(
            new Request(
                "PUT",
                uri(),
                Request.get(uri(), LONG).headers(),
                Optional.of(Request.Body.of(new byte[64 << 20])),
                LONG));

    assertThat(answer.status()).isEqualTo(413);
    assertThat(text(answer)).isEqualTo("no");
  }

  @Test
  void tellsWhyABodyCannotBeRead() {
    script = new Sink();

    assertThatExceptionOfType(ConnectionException.class)
        .isThrownBy(
            () ->
                put(
                    _ -> {
                      throw new IOException("the disk is gone");
                    }))
        .withMessage(uri().getAuthority() + ": what is sent cannot be read: the disk is gone");
  }

  @Test
  void waitsForNoAnswerToLessThanItPromised() {
    script = new Sink();

    assertThatExceptionOfType(ConnectionException.class)
        .isThrownBy(() -> put(out -> out.write(1)))
        .withMessage(
            uri().getAuthority() + ": what is sent cannot be read: it has 1 bytes instead of 3");
  }

  /** Takes whatever comes, and says nothing. */
  private static final class Sink implements Script {

    @Override
    public void play(InputStream in, OutputStream out) throws IOException {
      in.transferTo(OutputStream.nullOutputStream());
    }
  }

  /** Writes a body. */
  private interface Writer {

    void write(OutputStream out) throws IOException;
  }

  private Response put(Writer writer) throws ConnectionException, InterruptedException {
    Request.Body three =
        new Request.Body() {
          @Override
          public long length() {
            return 3;
          }

          @Override
          public void writeTo(OutputStream out) throws IOException {
            writer.write(out);
          }
        };
    return client.send(Request.of("PUT", uri(), LONG).with("text/plain", three));
  }

  @Test
  void waitsNoLongerThanTheRequestSaysForAHeadThatTrickles() {
    script =
        (in, out) -> {
          HeadReader.read(in);
          for (byte b : ("HTTP/1.1 200 OK\r\nX: " + "y".repeat(10_000)).getBytes(US_ASCII)) {
            out.write(b);
            Thread.sleep(50);
          }
        };

    assertThatExceptionOfType(ConnectionException.class)
        .isThrownBy(() -> client.send(Request.get(uri(), Duration.ofSeconds(1))))
        .withMessage(uri().getAuthority() + ": no answer in time");
  }

  /** On a thread of the platform too, whose sockets no interruption reaches by itself. */
  @Test
  void anInterruptionEndsARequest() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    script = silent(asked);
    FutureTask<Response> request = new FutureTask<>(this::get);
    Thread asking = Thread.ofPlatform().start(request);

    asked.await();
    asking.interrupt();

    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(request::get)
        .withCauseInstanceOf(InterruptedException.class);
  }

  @Test
  void cutsOffRequestsInProgressWhenItIsClosed() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    script = silent(asked);
    FutureTask<Response> request = new FutureTask<>(this::get);
    Thread.ofVirtual().start(request);

    asked.await();
    client.close();

    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(request::get)
        .withCauseInstanceOf(ConnectionException.class);
    assertThatExceptionOfType(ConnectionException.class).isThrownBy(this::get);
  }

  private static Script silent(CountDownLatch asked) {
    return (in, out) -> {
      HeadReader.read(in);
      asked.countDown();
      in.transferTo(OutputStream.nullOutputStream());
    };
  }

  private Response get() throws ConnectionException, InterruptedException {
    return client.send(Request.get(uri(), LONG));
  }

  private void assertIsNoHttp() {
    assertThatExceptionOfType(ConnectionException.class)
        .isThrownBy(this::get)
        .withMessage(uri().getAuthority() + ": it does not answer by HTTP");
  }

  private URI uri() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/what?is=it");
  }

  private static String text(Response answer) throws IOException {
    return new String(answer.body().readAllBytes(), US_ASCII);
  }
}
