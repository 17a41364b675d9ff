package dev.peer.tls;

import dev.peer.core.network.ProxyRules;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The connections of one client: those in use, and those that wait for the next request. */
final class HttpConnections implements AutoCloseable {

  /** How long one waits. */
  private static final Duration KEPT = Duration.ofSeconds(30);

  private final Way way;
  private final Duration connectTimeout;
  private final Set<HttpConnection> all = new HashSet<>();
  private final Deque<Idle> idle = new ArrayDeque<>();
  private boolean closed;

  /** One that waits. Its end is closed when it is used again. */
  private record Idle(HttpConnection connection, Deadline end) {}

  /** Comes to know the server at the other end of a socket that is connected. */
  @FunctionalInterface
  interface Handshake {

    /** Returns what to speak HTTP on. */
    Socket shake(URI server, Socket socket) throws IOException;
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

    /** Why there is no connection. */
    ConnectionException explain(URI server, IOException e);
  }

  private HttpConnections(Way way, Duration connectTimeout) {
    this.way = way;
    this.connectTimeout = connectTimeout;
  }

  /** To servers where they are, through proxies where the rules say so. */
  static HttpConnections through(ProxyRules rules, Duration connectTimeout) {
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
          public ConnectionException explain(URI server, IOException e) {
            return tunnel.explain(server, e);
          }
        },
        connectTimeout);
  }

  /** All to the end of a route. */
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
          public ConnectionException explain(URI server, IOException e) {
            return e instanceof ConnectionException told
                ? told
                : ConnectionException.explain(server, e);
          }
        },
        connectTimeout);
  }

  /**
   * Sends a request and waits for the head of its answer.
   *
   * @param generation the state of our identity in which it is sent
   * @param handshake done if no connection waits
   * @throws ConnectionException if there is no answer; it says why
   */
  Response send(Request request, long generation, Handshake handshake)
      throws ConnectionException, InterruptedException {
    long until = System.nanoTime() + request.timeout().toNanos();
    Optional<HttpConnection> waiting = take(request.uri(), generation);
    if (waiting.isPresent()) {
      try {
        return exchange(waiting.get(), request, until);
      } catch (ConnectionException e) {
        // The server may have ended it just before.
        if (e.kind() != ConnectionException.Kind.BROKEN_OFF) {
          throw e;
        }
      }
    }
    return exchange(open(request.uri(), generation, handshake, until), request, until);
  }

  private HttpConnection open(URI server, long generation, Handshake handshake, long until)
      throws ConnectionException, InterruptedException {
    HttpConnection connection = new HttpConnection(server, generation);
    add(connection);
    Duration left = left(until);
    Duration most = left.compareTo(connectTimeout) < 0 ? left : connectTimeout;
    boolean done = false;
    try (Deadline deadline = Deadline.in(most, connection::cut)) {
      try {
        connection.begin(handshake.shake(server, way.open(connection, server, most)));
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

  /** One that waits; those of other states are of no use any more. */
  private synchronized Optional<HttpConnection> take(URI server, long generation) {
    for (Iterator<Idle> i = idle.iterator(); i.hasNext(); ) {
      Idle next = i.next();
      boolean isUsed = next.connection().generation() == generation;
      if (!isUsed || next.connection().leadsTo(server)) {
        i.remove();
        next.end().close();
        if (isUsed) {
          return Optional.of(next.connection());
        }
        end(next.connection());
      }
    }
    return Optional.empty();
  }

  private synchronized void free(HttpConnection connection) {
    if (closed) {
      end(connection);
    } else {
      idle.addFirst(new Idle(connection, Deadline.in(KEPT, () -> expire(connection))));
    }
  }

  private synchronized void expire(HttpConnection connection) {
    if (idle.removeIf(one -> one.connection().equals(connection))) {
      end(connection);
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

  /** Cuts off all of them, those that requests are on too. */
  @Override
  public synchronized void close() {
    closed = true;
    idle.forEach(one -> one.end().close());
    idle.clear();
    List<HttpConnection> open = new ArrayList<>(all);
    open.forEach(this::end);
  }
}
