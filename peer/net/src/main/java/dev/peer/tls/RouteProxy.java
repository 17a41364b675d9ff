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
import java.net.URI;
import java.net.http.HttpRequest;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Lets the JDK's HTTP client go a {@link Route}: it can only connect to addresses, and to others
 * through a proxy. So this is one, on the loopback address, that opens the route for a caller with
 * a token that only this process knows.
 */
final class RouteProxy implements AutoCloseable {

  private static final String HEADER = "Proxy-Authorization";
  private static final int MOST = 16 << 10;
  private static final Duration HEAD = Duration.ofSeconds(30);
  private static final byte[] END = {'\r', '\n', '\r', '\n'};

  private final Route route;
  private final ServerSocket server;
  private final String word = word();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile IOException failure = new IOException("no way was tried");

  RouteProxy(Route route) throws IOException {
    this.route = route;
    server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().name("route").start(this::accept);
  }

  /** For the client. */
  ProxySelector selector() {
    return ProxySelector.of((InetSocketAddress) server.getLocalSocketAddress());
  }

  /** The request with the word, which the client keeps from the party itself. */
  HttpRequest admitted(HttpRequest request) {
    return HttpRequest.newBuilder(request, (_, _) -> true).header(HEADER, word).build();
  }

  /** Translates an exception of the client. */
  ConnectionException explain(URI uri, IOException e) {
    boolean noWay = String.valueOf(e.getMessage()).startsWith("Tunnel failed");
    return noWay ? ConnectionException.noWay(failure) : ConnectionException.explain(uri, e);
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
      if (isAdmitted(socket)) {
        serve(socket, route.open());
      } else {
        answer(socket, "403 Forbidden");
      }
    } catch (IOException e) {
      failure = e;
      try {
        answer(socket, "502 Bad Gateway");
      } catch (IOException gone) {
        e.addSuppressed(gone);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(socket);
      Deadline.close(socket);
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

  private boolean isAdmitted(Socket socket) throws IOException {
    try (Deadline _ = Deadline.in(HEAD, () -> Deadline.close(socket))) {
      String expected = HEADER + ": " + word;
      return head(socket.getInputStream())
          .lines()
          .anyMatch(
              line ->
                  MessageDigest.isEqual(line.getBytes(ISO_8859_1), expected.getBytes(ISO_8859_1)));
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
