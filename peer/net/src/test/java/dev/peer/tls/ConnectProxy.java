package dev.peer.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A company's HTTP proxy for {@code CONNECT}. It alone knows hosts below {@code test}, which are
 * this machine: whoever reaches one of them has come through it.
 */
public final class ConnectProxy implements AutoCloseable {

  private final ServerSocket server;
  private final Thread acceptor = Thread.ofVirtual().unstarted(this::accept);
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile Optional<String> authorization = Optional.empty();
  private volatile String refusal = "";

  private ConnectProxy(ServerSocket server) {
    this.server = server;
  }

  /** Starts one on the loopback interface. */
  public static ConnectProxy start() throws IOException {
    ConnectProxy proxy =
        new ConnectProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    proxy.acceptor.start();
    return proxy;
  }

  /** Admits from now on only callers with this value of {@code Proxy-Authorization}. */
  public void require(String value) {
    authorization = Optional.of(value);
  }

  /** Answers everything with this status from now on; empty: connects again. */
  public void refuse(String status) {
    refusal = status;
  }

  /** The host and the port of it. */
  public String address() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  /** The servers that callers wanted to be connected with, as they named them. */
  public List<String> asked() {
    return List.copyOf(asked);
  }

  private void accept() {
    try {
      while (true) {
        Socket caller = server.accept();
        open.add(caller);
        Thread.ofVirtual().start(() -> serve(caller));
      }
    } catch (IOException e) {
      // Closed.
      return;
    }
  }

  private void serve(Socket caller) {
    try (caller) {
      List<String> head = HeadReader.read(caller.getInputStream()).lines().toList();
      String[] request = head.getFirst().split(" ");
      if (!request[0].equals("CONNECT")) {
        answer(caller, "405 Method Not Allowed");
      } else if (authorization.isPresent()
          && !head.contains("Proxy-Authorization: " + authorization.get())) {
        answer(caller, "407 Proxy Authentication Required");
      } else if (!refusal.isEmpty()) {
        answer(caller, refusal);
      } else {
        pass(caller, request[1]);
      }
    } catch (IOException e) {
      // One of the two has gone.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(caller);
    }
  }

  private void pass(Socket caller, String authority) throws IOException, InterruptedException {
    int colon = authority.lastIndexOf(':');
    String host = authority.substring(0, colon);
    int port = Integer.parseInt(authority.substring(colon + 1));
    InetAddress at =
        host.endsWith(".test") ? InetAddress.getLoopbackAddress() : InetAddress.getByName(host);
    try (Socket far = new Socket()) {
      asked.add(authority);
      try {
        far.connect(new InetSocketAddress(at, port));
      } catch (IOException e) {
        answer(caller, "502 Bad Gateway");
        return;
      }
      answer(caller, "200 Connection established");
      Splice.run(Duplex.of(caller), Duplex.of(far), Splice.Meter.NONE);
    }
  }

  private static void answer(Socket caller, String status) throws IOException {
    caller.getOutputStream().write(("HTTP/1.1 " + status + "\r\n\r\n").getBytes(ISO_8859_1));
  }

  /**
   * Nobody connects any more when it returns: the port is open until the one who waits has left.
   */
  @Override
  public void close() throws IOException {
    server.close();
    try {
      acceptor.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (Socket each : open) {
      each.close();
    }
  }
}
