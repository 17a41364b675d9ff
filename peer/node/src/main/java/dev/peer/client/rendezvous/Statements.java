package dev.peer.client.rendezvous;

import dev.peer.client.BoundedHttpClient;
import dev.peer.core.find.FetchException.Fault;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.wire.HitReport;
import dev.peer.wire.HolderReport;
import dev.peer.wire.RendezvousPath;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tells the rendezvous that named holders what came of it: in the background, one after the other.
 * A failed holder is reported once. Skips a rendezvous that cannot be reached, or does not want to
 * know.
 */
final class Statements implements AutoCloseable {

  /** How many of the last reports are remembered, so as not to make them again. */
  private static final int REMEMBERED = 1_000;

  /** Statements that wait for the one before; more are dropped. */
  private static final int WAITING = 32;

  /** For statements in progress when a process is about to end. */
  private static final Duration FAREWELL = Duration.ofMillis(100);

  private final BoundedHttpClient asker;
  private final Duration limit;
  private final Object sending = new Object();
  private final Set<Thread> threads = new LinkedHashSet<>();
  private final Set<Report> made =
      Collections.newSetFromMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Report, Boolean> eldest) {
              return size() > REMEMBERED;
            }
          });

  /** Sends them with this, which stays its owner's to close. */
  Statements(BoundedHttpClient asker, Duration limit) {
    this.asker = asker;
    this.limit = limit;
  }

  private record Report(RepoId repo, RunKey key, PeerId holder) {}

  /** Returns at once. */
  synchronized void report(URI rendezvous, RepoId repo, RunKey key, PeerId holder, Fault fault) {
    if (hasRoom() && made.add(new Report(repo, key, holder))) {
      tell(
          rendezvous,
          new RendezvousPath.Reports(repo, key),
          new HolderReport(holder, named(fault)).json());
    }
  }

  /** Returns at once. */
  synchronized void hit(URI rendezvous, RepoId repo, RunKey key, PeerId holder, Duration saved) {
    if (hasRoom()) {
      tell(rendezvous, new RendezvousPath.Hits(repo, key), HitReport.of(holder, saved).json());
    }
  }

  private boolean hasRoom() {
    threads.removeIf(thread -> !thread.isAlive());
    return threads.size() < WAITING;
  }

  private void tell(URI rendezvous, RendezvousPath path, byte[] body) {
    URI uri = URI.create(rendezvous + path.text());
    // Of the platform, as in Hedge.
    threads.add(Thread.ofPlatform().daemon().start(() -> send(uri, body)));
  }

  private void send(URI uri, byte[] body) {
    synchronized (sending) {
      try {
        asker.ask("POST", uri, Optional.of(body), limit);
      } catch (IOException e) {
        // The rendezvous relies on no single statement.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Gives statements in progress a moment. */
  @Override
  public synchronized void close() {
    long until = System.nanoTime() + FAREWELL.toNanos();
    try {
      for (Thread thread : threads) {
        thread.join(Duration.ofNanos(Math.max(1, until - System.nanoTime())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static HolderReport.Fault named(Fault fault) {
    return switch (fault) {
      case UNREACHABLE -> HolderReport.Fault.UNREACHABLE;
      case REFUSED -> HolderReport.Fault.REFUSED;
      case WRONG -> HolderReport.Fault.WRONG;
    };
  }
}
