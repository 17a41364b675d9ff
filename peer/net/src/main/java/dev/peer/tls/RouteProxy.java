package dev.peer.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the JDK's HTTP client go a {@link Route}: it can only connect to addresses, and to others
 * through a proxy. So this is one, on the loopback address, that opens the route for a request with
 * a pass. A pass is a word that only this process knows, good for one request.
 */
final class RouteProxy implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RouteProxy.class);
  private static final String HEADER = "Proxy-Authorization";
  private static final int MOST = 16 << 10;
  private static final Duration HEAD = Duration.ofSeconds(30);
  private static final byte[] END = {'\r', '\n', '\r', '\n'};

  private final Route route;
  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Set<Pass> passes = ConcurrentHashMap.newKeySet();

  RouteProxy(Route route) throws IOException {
    this.route = route;
    server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().name("route").start(this::accept);
  }

  /** For the client. */
  ProxySelector selector() {
    return ProxySelector.of((InetSocketAddress) server.getLocalSocketAddress());
  }

  /** A pass for one request; close it when the answer's head is there, or there is none. */
  Pass pass() {
    Pass pass = new Pass();
    passes.add(pass);
    return pass;
  }

  /** Admits one request, and learns why the route could not be opened for it. */
  final class Pass implements AutoCloseable {

    private final String word = word();
    private volatile IOException failure;

    private Pass() {}

    /** The request with the word, which the client keeps from the party itself. */
    HttpRequest admitted(HttpRequest request) {
      return HttpRequest.newBuilder(request, (_, _) -> true).header(HEADER, word).build();
    }

    /** Why there was no route for the request; empty: there was one, or none was needed. */
    Optional<IOException> failure() {
      return Optional.ofNullable(failure);
    }

    private boolean isIn(String line) {
      String expected = HEADER + ": " + word;
      return MessageDigest.isEqual(line.getBytes(ISO_8859_1), expected.getBytes(ISO_8859_1));
    }

    @Override
    public void close() {
      passes.remove(this);
    }
  }

  @Override
  public void close() {
    Deadline.close(server);
    open.forEach(Deadline::close);
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException e) {
      close();
    }
  }

  private void serve(Socket socket) {
    try {
      Optional<Pass> pass = passOf(socket);
      if (pass.isEmpty()) {
        answer(socket, "403 Forbidden");
        return;
      }
      Optional<Duplex> far = open(pass.get());
      if (far.isEmpty()) {
        answer(socket, "502 Bad Gateway");
      } else {
        serve(socket, far.get());
      }
    } catch (IOException e) {
      LOG.debug("broken off", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(socket);
      Deadline.close(socket);
    }
  }

  /** Empty: there is no way, and the pass knows why before its request is told. */
  private Optional<Duplex> open(Pass pass) throws InterruptedException {
    try {
      Duplex far = route.open();
      // The client may send the request again, and fail otherwise.
      pass.failure = null;
      return Optional.of(far);
    } catch (IOException e) {
      pass.failure = e;
      return Optional.empty();
    }
  }

  private void serve(Socket socket, Duplex far) throws IOException, InterruptedException {
    try {
      socket.setTcpNoDelay(true);
      answer(socket, "200 OK");
      Splice.run(Duplex.of(socket), far, Splice.Meter.NONE);
    } finally {
      far.cut();
    }
  }

  private Optional<Pass> passOf(Socket socket) throws IOException {
    try (Deadline _ = Deadline.in(HEAD, () -> Deadline.close(socket))) {
      List<String> lines = head(socket.getInputStream()).lines().toList();
      return passes.stream().filter(pass -> lines.stream().anyMatch(pass::isIn)).findAny();
    }
  }

  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    byte[] last = new byte[END.length];
    while (!Arrays.equals(last, END)) {
      int c = in.read();
      if (c < 0 || head.size() == MOST) {
        throw new IOException("no request of ours");
      }
      head.write(c);
      System.arraycopy(last, 1, last, 0, last.length - 1);
      last[last.length - 1] = (byte) c;
    }
    return head.toString(ISO_8859_1);
  }

  private static void answer(Socket socket, String status) throws IOException {
    String head = "HTTP/1.1 " + status + "\r\n";
    String rest = status.startsWith("200") ? "\r\n" : "Content-Length: 0\r\n\r\n";
    socket.getOutputStream().write((head + rest).getBytes(ISO_8859_1));
  }

  private static String word() {
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    return "Peer " + HexFormat.of().formatHex(bytes);
  }
}
