package dev.peer.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.peer.core.network.ProxyAddress;
import dev.peer.core.network.ProxyRules;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Connects sockets to servers, through a proxy where the rules say so: by {@code CONNECT}, after
 * which every byte is between this process and the server.
 */
final class ProxyTunnel {

  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})(?: (.*))?");
  private static final int HTTPS = 443;
  private static final int HTTP = 80;
  private static final int LAST_PORT = 65_535;
  private static final int OK = 200;
  private static final int FORBIDDEN = 403;
  private static final int WHO = 407;

  private final ProxyRules rules;

  ProxyTunnel(ProxyRules rules) {
    this.rules = rules;
  }

  /** The proxy for a server; empty: it is asked itself. */
  Optional<ProxyAddress> proxy(URI server) {
    return isSecure(server) ? rules.to(server) : Optional.empty();
  }

  private static boolean isSecure(URI server) {
    return !server.getScheme().equalsIgnoreCase("http");
  }

  /**
   * Connects a new socket, which its caller closes whatever happens.
   *
   * @param most how long a name may take to resolve; for the rest the caller closes the socket
   */
  void connect(Socket socket, URI server, Duration most) throws IOException {
    Optional<ProxyAddress> proxy = proxy(server);
    if (proxy.isPresent()) {
      connect(socket, proxy.get(), server, most);
    } else {
      connect(socket, resolved(server.getHost(), port(server), most));
    }
    socket.setTcpNoDelay(true);
  }

  /** Whatever keeps a socket from being connected is told as that. */
  private static void connect(Socket socket, InetSocketAddress address) throws IOException {
    try {
      socket.connect(address);
    } catch (ConnectException | NoRouteToHostException e) {
      throw e;
    } catch (SocketException e) {
      throw (IOException) new ConnectException(e.getMessage()).initCause(e);
    }
  }

  /** Why there is no connection to a server; it names the proxy that may be the cause. */
  ConnectionException explain(URI server, IOException e) {
    ConnectionException why = ConnectionException.explain(server, e);
    return proxy(server).map(why::through).orElse(why);
  }

  private static void connect(Socket socket, ProxyAddress proxy, URI server, Duration most)
      throws IOException {
    String authority = server.getHost() + ":" + port(server);
    String head;
    try {
      socket.connect(resolved(proxy.host(), proxy.port(), most));
      StringBuilder request = new StringBuilder("CONNECT " + authority + " HTTP/1.1\r\n");
      request.append("Host: ").append(authority).append("\r\n");
      proxy
          .authorization()
          .ifPresent(value -> request.append("Proxy-Authorization: ").append(value).append("\r\n"));
      socket.getOutputStream().write(request.append("\r\n").toString().getBytes(ISO_8859_1));
      head = HeadReader.read(socket.getInputStream());
    } catch (UnknownHostException e) {
      throw new ProxyException(proxy, "is an unknown host", e);
    } catch (IOException e) {
      throw new ProxyException(proxy, "gives no connection: " + e.getMessage(), e);
    }
    Matcher status = STATUS.matcher(head.lines().findFirst().orElse(""));
    if (!status.matches()) {
      throw new ProxyException(proxy, "does not answer by HTTP");
    }
    requireOk(proxy, authority, Integer.parseInt(status.group(1)), status.group(2));
  }

  private static void requireOk(ProxyAddress proxy, String authority, int status, String reason)
      throws ProxyException {
    String said = status + (reason == null || reason.isBlank() ? "" : " " + reason);
    switch (status) {
      case OK -> {}
      case WHO ->
          throw new ProxyException(
              proxy,
              (proxy.userInfo().isEmpty() ? "wants a user and a password" : "refuses this user")
                  + " ("
                  + said
                  + "): set it to "
                  + ProxyAddress.FORM);
      case FORBIDDEN ->
          throw new ProxyException(
              proxy,
              "refuses the way to "
                  + authority
                  + " ("
                  + said
                  + "): have it allowed there, or name the host in NO_PROXY");
      default -> throw new ProxyException(proxy, "has no way to " + authority + " (" + said + ")");
    }
  }

  /** The port of a server, also where its address has none. */
  static int port(URI server) {
    int usual = isSecure(server) ? HTTPS : HTTP;
    return server.getPort() < 0 ? usual : server.getPort();
  }

  /**
   * Resolves on a thread of its own: the system's resolver heeds no deadline and no interruption.
   */
  private static InetSocketAddress resolved(String host, int port, Duration most)
      throws IOException {
    if (port > LAST_PORT) {
      throw new ConnectException("there is no port " + port);
    }
    FutureTask<InetSocketAddress> question =
        new FutureTask<>(() -> new InetSocketAddress(host, port));
    Thread.ofPlatform().daemon().name("resolve").start(question);
    InetSocketAddress address;
    try {
      address = question.get(most.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new SocketTimeoutException(host + " is not resolved in time");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new ClosedByInterruptException().initCause(e);
    }
    if (address.isUnresolved()) {
      throw new UnknownHostException(host);
    }
    return address;
  }
}
