package dev.peer.rendezvous;

import dev.peer.core.id.PeerId;
import dev.peer.http.Refusal;
import dev.peer.tls.ConnectionException;
import dev.peer.tls.TlsConnector;
import dev.peer.tls.TlsIdentity;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

/**
 * Connects to where a peer says that it is. What is told is only where that very peer answered,
 * after a handshake with its certificate: nothing of who or what else is at an address.
 */
final class DialBack {

  private static final Duration LIMIT = Duration.ofSeconds(2);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final int ATTEMPTS = 4;
  private static final int MOST_AT_ONCE = 16;
  private static final int MOST_REMEMBERED = 1_000;

  private final TlsIdentity identity;
  private final LongSupplier nanoClock;
  private final Semaphore places = new Semaphore(MOST_AT_ONCE);

  /** When peers have asked last, the longest ago first. */
  private final LinkedHashMap<PeerId, Long> asked = new LinkedHashMap<>();

  DialBack(TlsIdentity identity, LongSupplier nanoClock) {
    this.identity = identity;
    this.nanoClock = nanoClock;
  }

  /** Those of the addresses where the peer answers, within two seconds. */
  List<URI> reached(PeerId peer, List<URI> addresses) throws Refusal {
    requirePause(peer);
    if (!places.tryAcquire()) {
      throw Refusal.busy("too many ask whether they can be reached", PAUSE);
    }
    try {
      Map<URI, Thread> threads = new LinkedHashMap<>();
      List<URI> reached = new ArrayList<>();
      for (URI address : addresses) {
        threads.put(
            address,
            Thread.ofVirtual()
                .start(
                    () -> {
                      if (answers(peer, address)) {
                        synchronized (reached) {
                          reached.add(address);
                        }
                      }
                    }));
      }
      for (Thread thread : threads.values()) {
        thread.join();
      }
      return addresses.stream().filter(reached::contains).toList();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    } finally {
      places.release();
    }
  }

  private synchronized void requirePause(PeerId peer) throws Refusal {
    long now = nanoClock.getAsLong();
    Long last = asked.remove(peer);
    asked.put(peer, last == null || now - last >= PAUSE.toNanos() ? now : last);
    if (asked.size() > MOST_REMEMBERED) {
      asked.pollFirstEntry();
    }
    if (last != null && now - last < PAUSE.toNanos()) {
      throw Refusal.busy(peer + " has just asked whether it can be reached", PAUSE);
    }
  }

  /**
   * A peer may refuse us, since a rendezvous need not have a certificate for clients. In TLS 1.3 it
   * has shown its own by then; but where it cuts the connection while we still answer, the
   * handshake fails here too. So a failure is tried again, until the time is over.
   */
  private boolean answers(PeerId peer, URI address) {
    long begun = System.nanoTime();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Duration left = LIMIT.minusNanos(System.nanoTime() - begun);
      if (!left.isPositive()) {
        return false;
      }
      try (TlsConnector connector = new TlsConnector(identity)) {
        return connector.connect(address, left).other().id().equals(peer);
      } catch (ConnectionException e) {
        continue;
      }
    }
    return false;
  }
}
