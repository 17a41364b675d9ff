package dev.peer.tls;

import dev.peer.core.id.PeerId;
import java.io.IOException;
import java.io.OutputStream;
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
    try (Socket socket = new UnheardSocket()) {
      socket.connect(
          new InetSocketAddress(address.getHost(), address.getPort()), (int) connect.toMillis());
      try (Deadline _ = Deadline.in(handshake, () -> Deadline.close(socket))) {
        TlsConnector.handshake(identity, Optional.of(peer), address, socket);
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Swallows writes that nobody reads. A server that refuses our certificate cuts the connection
   * during the rest of our side of the handshake; by then it has proved its identity.
   */
  private static final class UnheardSocket extends Socket {

    @Override
    public OutputStream getOutputStream() throws IOException {
      OutputStream out = super.getOutputStream();
      return new OutputStream() {

        @Override
        public void write(int b) {
          write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
          try {
            out.write(bytes, offset, length);
          } catch (IOException e) {
            // A missing part of the handshake shows when it is read.
            return;
          }
        }
      };
    }
  }
}
