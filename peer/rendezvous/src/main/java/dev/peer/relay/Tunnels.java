package dev.peer.relay;

import dev.peer.tls.Splice;
import dev.peer.tls.TlsConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The connections that are passed on now, two and two. */
final class Tunnels {

  private final Duration idle;
  private final Set<Tunnel> open = ConcurrentHashMap.newKeySet();

  Tunnels(Duration idle) {
    this.idle = idle;
  }

  /** Makes one of two, until either ends or is cut off, or as many bytes have passed as may. */
  void run(TlsConnection one, TlsConnection other, Usage.Passage passage)
      throws InterruptedException {
    Tunnel tunnel = new Tunnel(one, other);
    open.add(tunnel);
    try {
      Splice.run(
          one,
          other,
          (_, length) -> {
            if (!passage.pass(length)) {
              throw new IOException("as many bytes have passed as may");
            }
            tunnel.lastByteAt = System.nanoTime();
          });
    } finally {
      open.remove(tunnel);
    }
  }

  /** Ends idle tunnels. */
  void cutIdle() {
    long now = System.nanoTime();
    for (Tunnel tunnel : open) {
      if (now - tunnel.lastByteAt > idle.toNanos()) {
        tunnel.one.cut();
        tunnel.other.cut();
      }
    }
  }

  private static final class Tunnel {

    private final TlsConnection one;
    private final TlsConnection other;
    private volatile long lastByteAt = System.nanoTime();

    Tunnel(TlsConnection one, TlsConnection other) {
      this.one = one;
      this.other = other;
    }
  }
}
