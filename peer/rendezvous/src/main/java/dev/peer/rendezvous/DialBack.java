package dev.peer.rendezvous;

import dev.peer.core.id.PeerId;
import dev.peer.http.ProblemException;
import dev.peer.tls.PeerProbe;
import dev.peer.tls.TlsIdentity;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

/**
 * Connects to the addresses that a peer names. Reports only addresses where that very peer
 * answered, after a handshake with its certificate: nothing about other parties at an address.
 */
final class DialBack {

  /** So long that one packet may be lost on the way, and sent again. */
  private static final Duration CONNECT = Duration.ofSeconds(2);

  /** A peer that has just started, on a busy machine, takes seconds for its first. */
  private static final Duration HANDSHAKE = Duration.ofSeconds(10);

  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final int MOST_AT_ONCE = 16;
  private static final int MOST_REMEMBERED = 1_000;

  private final PeerProbe probe;
  private final LongSupplier nanoClock;
  private final Semaphore places = new Semaphore(MOST_AT_ONCE);

  /** When peers have asked last, the longest ago first. */
  private final LinkedHashMap<PeerId, Long> asked = new LinkedHashMap<>();

  /** The peers that are being connected to. */
  private final Set<PeerId> underWay = new HashSet<>();

  DialBack(TlsIdentity identity, LongSupplier nanoClock) {
    probe = new PeerProbe(identity, CONNECT, HANDSHAKE);
    this.nanoClock = nanoClock;
  }

  /** Those of the addresses where the peer answers. */
  List<URI> reached(PeerId peer, List<URI> addresses) throws ProblemException {
    begin(peer);
    try {
      if (!places.tryAcquire()) {
        throw ProblemException.busy("too many ask whether they can be reached", PAUSE);
      }
      try {
        return answering(peer, addresses);
      } finally {
        places.release();
      }
    } finally {
      end(peer);
    }
  }

  private List<URI> answering(PeerId peer, List<URI> addresses) {
    try {
      Map<URI, Thread> threads = new LinkedHashMap<>();
      List<URI> reached = new ArrayList<>();
      for (URI address : addresses) {
        threads.put(
            address,
            Thread.ofVirtual()
                .start(
                    () -> {
                      if (probe.finds(peer, address)) {
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
    }
  }

  private synchronized void begin(PeerId peer) throws ProblemException {
    long now = nanoClock.getAsLong();
    Long last = asked.remove(peer);
    asked.put(peer, last == null || now - last >= PAUSE.toNanos() ? now : last);
    if (asked.size() > MOST_REMEMBERED) {
      asked.pollFirstEntry();
    }
    if ((last != null && now - last < PAUSE.toNanos()) || !underWay.add(peer)) {
      throw ProblemException.busy(peer + " has just asked whether it can be reached", PAUSE);
    }
  }

  private synchronized void end(PeerId peer) {
    underWay.remove(peer);
  }
}
