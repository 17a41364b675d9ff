package dev.peer.tls;

import dev.peer.core.id.PeerId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * Finds out whether a peer is at an address. In TLS 1.3 a server proves who it is before it judges
 * the client, so a peer that refuses our certificate is found too.
 */
public final class PeerProbe {

  private final TlsIdentity identity;
  private final Duration connect;
  private final Duration handshake;

  /**
   * Opens no connection yet.
   *
   * @param connect how long to wait for a machine's kernel to accept a connection
   * @param handshake how long its peer has from then on, which may be busy
   */
  public PeerProbe(TlsIdentity identity, Duration connect, Duration handshake) {
    this.identity = identity;
    this.connect = connect;
    this.handshake = handshake;
  }

  /** Whether that very peer answers there, by its certificate. */
  public boolean finds(PeerId peer, URI address) {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(address.getHost(), address.getPort()), (int) connect.toMillis());
      try (Deadline _ = Deadline.in(handshake, () -> Deadline.close(socket))) {
        // A server that refuses our certificate cuts the connection during the rest of our side.
        DuplexSocket unheard = new DuplexSocket(Duplex.of(socket), address.getPort());
        TlsConnector.handshake(identity, Optional.of(peer), address, unheard);
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
