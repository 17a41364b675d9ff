package dev.peer.tls;

import dev.peer.core.network.ProxyRules;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLSession;

/**
 * The connections of one client: those in use, and those that wait for the next request, of which
 * other clients may have opened some.
 */
final class HttpConnections implements AutoCloseable {

  private final Way way;
  private final Duration connectTimeout;
  private final WaitingConnections waiting;
  private final Set<HttpConnection> all = new HashSet<>();
  private boolean closed;

  /** The client's end of its connections. */
  interface Side {

    /** What connections have in common on which its requests can go. */
    Object kind();

    /** Comes to know the server at the other end of a socket; returns what to speak HTTP on. */
    Socket shake(URI server, Socket socket) throws IOException;

    /** Whether the server of a connection that waited may have a request now. */
    boolean trusts(Optional<SSLSession> session);
  }

  /** Connects sockets. */
  private interface Way {

    /**
     * Connects one that the connection takes for its ground before it is connected.
     *
     * @param most how long it may take; the connection is cut off then
     */
    Socket open(HttpConnection connection, URI server, Duration most)
        throws IOException, InterruptedException;

    /** What is the same for connections that get to a server alike. */
    Object to(URI server);

    /** Why there is no connection. */
    ConnectionException explain(URI server, IOException e);
  }

  private HttpConnections(Way way, Duration connectTimeout, WaitingConnections waiting) {
    this.way = way;
    this.connectTimeout = connectTimeout;
    this.waiting = waiting;
  }

  /** To servers where they are, through proxies where the rules say so. */
  static HttpConnections through(
      ProxyRules rules, Duration connectTimeout, WaitingConnections waiting) {
    ProxyTunnel tunnel = new ProxyTunnel(rules);
    return new HttpConnections(
        new Way() {
          @Override
          public Socket open(HttpConnection connection, URI server, Duration most)
              throws IOException {
            Socket socket = SocketChannel.open().socket();
            DuplexSocket ground = new DuplexSocket(Duplex.of(socket), ProxyTunnel.port(server));
            connection.takeGround(ground);
            tunnel.connect(socket, server, most);
            return ground;
          }

          @Override
          public Object to(URI server) {
            return tunnel.proxy(server);
          }

          @Override
          public ConnectionException explain(URI server, IOException e) {
            return tunnel.explain(server, e);
          }
        },
        connectTimeout,
        waiting);
  }

  /** All to the end of a route, whose connection to a relay ends with this client. */
  static HttpConnections along(Route route, Duration connectTimeout) {
    return new HttpConnections(
        new Way() {
          @Override
          public Socket open(HttpConnection connection, URI server, Duration most)
              throws IOException, InterruptedException {
            DuplexSocket ground = new DuplexSocket(opened(most), ProxyTunnel.port(server));
            connection.takeGround(ground);
            return ground;
          }

          private Duplex opened(Duration most) throws ConnectionException, InterruptedException {
            try {
              return route.open(most);
            } catch (IOException e) {
              throw ConnectionException.noWay(e);
            }
          }

          @Override
          public Object to(URI server) {
            return route;
          }

          @Override
          public ConnectionException explain(URI server, IOException e) {
            return e instanceof ConnectionException told
                ? told
                : ConnectionException.explain(server, e);
          }
        },
        connectTimeout,
        WaitingConnections.ofOne());
  }

  /**
   * Sends a request and waits for the head of its answer.
   *
   * @throws ConnectionException if there is no answer; it says why
   */
  Response send(Request request, Side side) throws ConnectionException, InterruptedException {
    long begin = System.nanoTime();
    long until = begin + request.timeout().toNanos();
    HttpConnection.Kind kind =
        HttpConnection.Kind.of(side.kind(), way.to(request.uri()), request.uri());
    Optional<HttpConnection> open = take(kind, side);
    if (open.isPresent()) {
      long half = begin + request.timeout().toNanos() / 2;
      try {
        return exchange(open.get(), request, half);
      } catch (ConnectionException e) {
        // The server may have ended it just before, or the network may lead there no more.
        if (e.kind() != ConnectionException.Kind.BROKEN_OFF && left(half).isPositive()) {
          throw e;
        }
      }
    }
    return exchange(open(request.uri(), kind, side, until), request, until);
  }

  private HttpConnection open(URI server, HttpConnection.Kind kind, Side side, long until)
      throws ConnectionException, InterruptedException {
    HttpConnection connection = new HttpConnection(kind);
    add(connection);
    Duration left = left(until);
    Duration most = left.compareTo(connectTimeout) < 0 ? left : connectTimeout;
    boolean done = false;
    try (Deadline deadline = Deadline.in(most, connection::cut)) {
      try {
        connection.begin(side.shake(server, way.open(connection, server, most)));
        done = true;
        return connection;
      } catch (IOException e) {
        requireNoInterruption();
        throw way.explain(server, deadline.hasPassed() ? new SocketTimeoutException() : e);
      }
    } finally {
      if (!done) {
        end(connection);
      }
    }
  }

  private Response exchange(HttpConnection connection, Request request, long until)
      throws ConnectionException, InterruptedException {
    Optional<Response> answer = Optional.empty();
    try (Deadline deadline = Deadline.in(left(until), connection::cut)) {
      try {
        answer =
            Optional.of(
                connection.exchange(request, () -> free(connection), () -> end(connection)));
      } catch (IOException e) {
        requireNoInterruption();
        throw deadline.hasPassed()
            ? ConnectionException.late(request.uri(), e)
            : ConnectionException.explain(request.uri(), e);
      }
    } finally {
      if (answer.isEmpty()) {
        end(connection);
      }
    }
    answer.get().begin();
    return answer.get();
  }

  private static Duration left(long until) {
    return Duration.ofNanos(Math.max(0, until - System.nanoTime()));
  }

  private static void requireNoInterruption() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  /** One that waits, if its server is still trusted. */
  private Optional<HttpConnection> take(HttpConnection.Kind kind, Side side) {
    Optional<HttpConnection> found = waiting.take(kind);
    found.ifPresent(this::add);
    if (found.isPresent() && !side.trusts(found.get().session())) {
      end(found.get());
      return Optional.empty();
    }
    return found;
  }

  private synchronized void free(HttpConnection connection) {
    if (closed) {
      end(connection);
    } else {
      all.remove(connection);
      waiting.add(connection);
    }
  }

  private synchronized void add(HttpConnection connection) {
    all.add(connection);
    if (closed) {
      connection.cut();
    }
  }

  private synchronized void end(HttpConnection connection) {
    all.remove(connection);
    connection.cut();
  }

  /** Cuts off those that requests are on, and ends those that wait for no other client. */
  @Override
  public synchronized void close() {
    closed = true;
    waiting.leave();
    List<HttpConnection> open = new ArrayList<>(all);
    open.forEach(this::end);
  }
}
