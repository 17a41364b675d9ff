package dev.peer.client;

import dev.peer.tls.Duplex;
import dev.peer.tls.Splice;
import dev.peer.wire.PeerAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A way to a server that forgets connections as a NAT does: nothing comes through, and no word. */
public final class Outage implements AutoCloseable {

  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final InetSocketAddress behind;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile Set<Socket> forgotten = Set.of();

  public Outage(InetSocketAddress behind) throws IOException {
    this.behind = behind;
    Thread.ofVirtual().start(this::accept);
  }

  public URI address() {
    return PeerAddress.of((InetSocketAddress) server.getLocalSocketAddress());
  }

  /** Forgets all that are open; those that come later get through. */
  public void forget() {
    forgotten = Set.copyOf(open);
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket from = server.accept();
        Socket to = new Socket(behind.getAddress(), behind.getPort());
        open.add(from);
        open.add(to);
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    Splice.run(Duplex.of(from), Duplex.of(to), (_, _) -> pass(from));
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void pass(Socket from) throws IOException {
    try {
      while (forgotten.contains(from)) {
        Thread.sleep(50);
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
