package dev.peer.tls;

import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.UntrustedCertificateException;
import java.io.IOException;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/**
 * The connections of one party, so that refused ones can be cut off.
 *
 * <p>Connections register before they are judged, and reloads apply before they scan, so no revoked
 * party slips through.
 */
final class OpenConnections implements AutoCloseable {

  private final TlsIdentity identity;
  private final Set<TlsConnection> open = ConcurrentHashMap.newKeySet();
  private final Runnable judging = this::judge;
  private volatile boolean closed;

  OpenConnections(TlsIdentity identity) {
    this.identity = identity;
    identity.follow(judging);
  }

  /** Takes a socket whose handshake is done; the party of a resumed session is judged again. */
  TlsConnection add(CertificateRole role, Socket socket, SSLSocket tls) throws IOException {
    try {
      TlsConnection connection = new TlsConnection(identity, role, socket, tls, this);
      open.add(connection);
      if (closed || !connection.stands()) {
        connection.cut();
        throw new IOException("the connection is not to be any more");
      }
      return connection;
    } catch (UntrustedCertificateException e) {
      throw new SSLException(e);
    }
  }

  void remove(TlsConnection connection) {
    open.remove(connection);
  }

  /**
   * Cuts off connections whose other side is no longer trusted, or whose conditions no longer hold.
   */
  void judge() {
    open.stream().filter(connection -> !connection.stands()).forEach(TlsConnection::cut);
  }

  /** Cuts all of them off, and each that comes later. */
  @Override
  public void close() {
    closed = true;
    identity.unfollow(judging);
    open.forEach(TlsConnection::cut);
  }
}
