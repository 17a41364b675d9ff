package dev.peer.tls;

import dev.peer.core.network.ProxyRules;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;

/**
 * Sends requests to servers of the world, over HTTP/1.1: no redirect or cookie; a proxy only as the
 * environment names it. They do not see our certificate, and theirs is judged by the JVM.
 */
public final class PublicClient implements AutoCloseable {

  private final HttpConnections connections;
  private final HttpConnections.Side side = new Side();

  /** Empty: that of the JVM, which is made when it is needed. */
  private final Optional<SSLContext> context;

  public PublicClient(Duration connectTimeout) {
    this(connectTimeout, List.of());
  }

  /**
   * Opens no connection yet.
   *
   * @param certificates the authorities that it trusts besides those of the JVM
   */
  public PublicClient(Duration connectTimeout, List<X509Certificate> certificates) {
    this(connectTimeout, certificates, ProxyRules.ofProcess());
  }

  PublicClient(Duration connectTimeout, List<X509Certificate> certificates, ProxyRules proxies) {
    context =
        certificates.isEmpty() ? Optional.empty() : Optional.of(WorldTrust.with(certificates));
    connections = HttpConnections.through(proxies, connectTimeout, WaitingConnections.ofOne());
  }

  /**
   * Sends the request and waits for the head of the answer.
   *
   * @throws ConnectionException if there is no answer; it says why
   */
  public Response send(Request request) throws ConnectionException, InterruptedException {
    return connections.send(request, side);
  }

  /** Their connections wait for this client alone. */
  private final class Side implements HttpConnections.Side {

    @Override
    public Object kind() {
      return this;
    }

    @Override
    public Socket shake(URI server, Socket socket) throws IOException {
      if (server.getScheme().equalsIgnoreCase("http")) {
        return socket;
      }
      return TlsConnector.handshake(
          context(),
          server,
          socket,
          parameters -> parameters.setEndpointIdentificationAlgorithm("HTTPS"));
    }

    @Override
    public boolean trusts(Optional<SSLSession> session) {
      return true;
    }
  }

  private SSLContext context() {
    try {
      return context.isPresent() ? context.get() : SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has TLS", e);
    }
  }

  /** Call it before the process ends. Cuts off requests in progress. */
  @Override
  public void close() {
    connections.close();
  }
}
