package dev.peer.rendezvous.etcd;

import dev.peer.core.id.PeerId;
import dev.peer.rendezvous.IndexUnavailableException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The number of results of each identity, as far as this node knows: the count in etcd, and the
 * changes here since. It counts again after every thousand and, at most every few seconds, before
 * it says that the bound is reached.
 */
final class ResultCounts {

  private static final int COUNTED_AFTER = 1_000;
  private static final long REST = Duration.ofSeconds(5).toNanos();

  private final int most;
  private final Counter counter;
  private final LongSupplier nanoClock;
  private final LruCache<PeerId, Tally> tallies = new LruCache<>();

  ResultCounts(int most, Counter counter, LongSupplier nanoClock) {
    this.most = most;
    this.counter = counter;
    this.nanoClock = nanoClock;
  }

  /** Counts in etcd. */
  @FunctionalInterface
  interface Counter {

    long resultsOf(PeerId peer) throws IndexUnavailableException;
  }

  /** Changed under its own lock; a peer has one at a time. */
  private static final class Tally {
    private long results;
    private long added;
    private long countedAt;
    private boolean counted;
  }

  /** Whether the peer may not announce another result. */
  boolean isFull(PeerId peer) throws IndexUnavailableException {
    return !hasRoom(peer, 1);
  }

  /** Whether the peer may announce so many results more. */
  boolean hasRoom(PeerId peer, int more) throws IndexUnavailableException {
    Tally tally = of(peer);
    synchronized (tally) {
      long now = nanoClock.getAsLong();
      boolean rested = !tally.counted || now - tally.countedAt >= REST;
      if (tally.added >= COUNTED_AFTER || (tally.results + more > most && rested)) {
        tally.results = counter.resultsOf(peer);
        tally.added = 0;
        tally.countedAt = now;
        tally.counted = true;
      }
      return tally.results + more <= most;
    }
  }

  /** So many came, or went where it is below 0. */
  void add(PeerId peer, long results) {
    Tally tally = of(peer);
    synchronized (tally) {
      tally.results = Math.max(0, tally.results + results);
      tally.added += Math.max(0, results);
    }
  }

  /** A lease has ended, or is new: the count may be too high. */
  void doubt(PeerId peer) {
    Tally tally = of(peer);
    synchronized (tally) {
      tally.counted = false;
    }
  }

  private synchronized Tally of(PeerId peer) {
    Tally tally = tallies.get(peer).orElseGet(Tally::new);
    tallies.put(peer, tally);
    return tally;
  }
}
