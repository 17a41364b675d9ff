package dev.peer.tls;

import dev.peer.core.id.PeerId;
import dev.peer.core.network.ProxyRules;
import dev.peer.core.trust.CertificateRole;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * Opens connections with protocols other than HTTP to services known by their address: any
 * certificate below our anchors may answer. A change cuts off connections whose other side is no
 * longer trusted.
 */
public final class TlsConnector implements AutoCloseable {

  private final TlsIdentity identity;
  private final ProxyTunnel tunnel;
  private final OpenConnections open;

  /** Opens no connection yet. Goes through the proxies of this process's environment. */
  public TlsConnector(TlsIdentity identity) {
    this(identity, ProxyRules.ofProcess());
  }

  TlsConnector(TlsIdentity identity, ProxyRules proxies) {
    this.identity = identity;
    tunnel = new ProxyTunnel(proxies);
    open = new OpenConnections(identity);
  }

  /**
   * Opens one, certificates checked.
   *
   * @param most the time for it
   */
  public TlsConnection connect(URI service, Duration most) throws ConnectionException {
    Socket socket = interruptible(service);
    try (Deadline deadline = Deadline.in(most, () -> Deadline.close(socket))) {
      try {
        return connect(service, socket, most);
      } catch (IOException e) {
        Deadline.close(socket);
        throw tunnel.explain(service, deadline.hasPassed() ? new SocketTimeoutException() : e);
      }
    }
  }

  /** A socket that an interruption of whoever waits for it closes. */
  private static Socket interruptible(URI service) throws ConnectionException {
    try {
      return SocketChannel.open().socket();
    } catch (IOException e) {
      throw ConnectionException.explain(service, e);
    }
  }

  private TlsConnection connect(URI service, Socket socket, Duration most) throws IOException {
    tunnel.connect(socket, service, most);
    return open.add(
        CertificateRole.SERVER, socket, handshake(identity, Optional.empty(), service, socket));
  }

  /**
   * Comes to know a server, and resumes no session.
   *
   * @param expected the peer that must answer, if known
   * @param socket is connected to it
   */
  static SSLSocket handshake(
      TlsIdentity identity, Optional<PeerId> expected, URI server, Socket socket)
      throws IOException {
    return handshake(
        identity.context(identity.state(), expected, new Handshakes()), server, socket);
  }

  /** Likewise, in a context of ours. */
  static SSLSocket handshake(SSLContext context, URI server, Socket socket) throws IOException {
    return handshake(
        context,
        server,
        socket,
        parameters -> {
          parameters.setProtocols(new String[] {TlsIdentity.PROTOCOL});
          parameters.setCipherSuites(TlsIdentity.CIPHERS);
          parameters.setNamedGroups(TlsIdentity.GROUPS);
        });
  }

  /** Likewise, in any context and with parameters of its own. */
  static SSLSocket handshake(
      SSLContext context, URI server, Socket socket, Consumer<SSLParameters> settings)
      throws IOException {
    SSLSocket tls =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(socket, server.getHost(), server.getPort(), true);
    SSLParameters parameters = tls.getSSLParameters();
    settings.accept(parameters);
    tls.setSSLParameters(parameters);
    tls.startHandshake();
    return tls;
  }

  /** Cuts all of them off. */
  @Override
  public void close() {
    open.close();
  }
}
