package dev.peer.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.peer.core.network.ProxyRules;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the JDK's HTTP client go a {@link Route}, or through a proxy whose refusals it can tell: it
 * can only connect to addresses, and to others through a proxy. So this is one, on the loopback
 * address, that opens the way for a request with a pass. A pass is a word that only this process
 * knows, good for one request.
 */
final class RouteProxy implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RouteProxy.class);
  private static final String HEADER = "Proxy-Authorization";
  private static final Duration HEAD = Duration.ofSeconds(30);

  private final Way way;
  private final Predicate<URI> taken;
  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Set<Pass> passes = ConcurrentHashMap.newKeySet();

  private RouteProxy(Way way, Predicate<URI> taken) throws IOException {
    this.way = way;
    this.taken = taken;
    server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().name("route").start(this::accept);
  }

  /** For all requests, whatever their host. */
  RouteProxy(Route route) throws IOException {
    this(_ -> route.open(), _ -> true);
  }

  /**
   * For requests to servers that have a proxy; nothing if none has one.
   *
   * @param most the time for a connection
   */
  static Optional<RouteProxy> through(ProxyRules rules, Duration most) {
    if (rules.proxy().isEmpty()) {
      return Optional.empty();
    }
    ProxyTunnel tunnel = new ProxyTunnel(rules);
    try {
      return Optional.of(
          new RouteProxy(
              server -> tunnel.open(server, most),
              server -> server.getScheme().equals("https") && tunnel.proxy(server).isPresent()));
    } catch (IOException e) {
      throw new UncheckedIOException("no socket of the loopback interface is free", e);
    }
  }

  /** Opens a connection, on which the server itself answers. */
  @FunctionalInterface
  private interface Way {

    Duplex open(URI server) throws IOException, InterruptedException;
  }

  /** Sends a request. */
  @FunctionalInterface
  interface Sender<T> {

    HttpResponse<T> send(HttpRequest request) throws ConnectionException, InterruptedException;
  }

  /** For the client. */
  ProxySelector selector() {
    ProxySelector ours = ProxySelector.of((InetSocketAddress) server.getLocalSocketAddress());
    return new ProxySelector() {

      @Override
      public List<Proxy> select(URI uri) {
        return taken.test(uri) ? ours.select(uri) : List.of(Proxy.NO_PROXY);
      }

      @Override
      public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        // The client tells its caller.
      }
    };
  }

  /** Sends a request the way that it has to go. */
  <T> HttpResponse<T> send(HttpRequest request, Sender<T> sender)
      throws ConnectionException, InterruptedException {
    if (!taken.test(request.uri())) {
      return sender.send(request);
    }
    try (Pass pass = pass(request.uri())) {
      try {
        return sender.send(pass.admitted(request));
      } catch (ConnectionException e) {
        throw pass.failure().map(why -> ConnectionException.noWay(request.uri(), why)).orElse(e);
      }
    }
  }

  /** A pass for one request; close it when the answer's head is there, or there is none. */
  Pass pass(URI server) {
    Pass pass = new Pass(server);
    passes.add(pass);
    return pass;
  }

  /** Admits one request, and learns why the route could not be opened for it. */
  final class Pass implements AutoCloseable {

    private final String word = word();
    private final URI server;
    private volatile IOException failure;

    private Pass(URI server) {
      this.server = server;
    }

    /** The request with the word, which the client keeps from the party itself. */
    HttpRequest admitted(HttpRequest request) {
      return HttpRequest.newBuilder(request, (_, _) -> true)
          .uri(named(request.uri()))
          .header(HEADER, word)
          .build();
    }

    /**
     * The same with a name for an address of version 6, which the client, asking a proxy, would
     * take for a malformed name. The pass knows where the request goes.
     */
    private static URI named(URI server) {
      String host = server.getHost();
      return host.startsWith("[")
          ? URI.create(
              server.toString().replace(host, "v6" + host.replaceAll("[^0-9a-fA-F]", "-") + "v6"))
          : server;
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
      Duplex far = way.open(pass.server);
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
      List<String> lines = HeadReader.read(socket.getInputStream()).lines().toList();
      return passes.stream().filter(pass -> lines.stream().anyMatch(pass::isIn)).findAny();
    }
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
