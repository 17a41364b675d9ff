package dev.peer.rendezvous;

import dev.peer.rendezvous.History.Change;
import dev.peer.rendezvous.History.Listener;
import dev.peer.wire.EventId;
import dev.peer.wire.HolderList;
import dev.peer.wire.IndexEvent;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Follows the embedded index. It also ends leases that nobody renews while nothing else happens.
 */
final class EmbeddedFeed implements ResultFeed {

  private static final long SWEPT_EACH = TimeUnit.SECONDS.toNanos(1);

  private final EmbeddedIndex index;
  private final Fingerprint repository;
  private Listener listener;
  private Iterator<RunHolder> snapshot = Collections.emptyIterator();
  private boolean reset;
  private boolean closed;

  /** A result that is held when one begins to follow. */
  record RunHolder(Fingerprint run, HolderList.Entry holder) {}

  EmbeddedFeed(EmbeddedIndex index, Fingerprint repository, Optional<EventId> after) {
    this.index = index;
    this.repository = repository;
    Optional<Listener> resumed = after.flatMap(id -> index.listen(repository, id));
    if (resumed.isPresent()) {
      listener = resumed.get();
    } else {
      begin();
    }
  }

  @Override
  public Optional<Event> next(Duration atMost) throws InterruptedException {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    if (listener.isBehind()) {
      index.forget(listener);
      begin();
    }
    if (reset) {
      reset = false;
      return Optional.of(new Event.Reset(endOfSnapshot()));
    }
    if (snapshot.hasNext()) {
      RunHolder held = snapshot.next();
      return Optional.of(new Event.Passed(endOfSnapshot(), event(held.run(), held.holder())));
    }
    return await(atMost.toNanos()).map(this::event);
  }

  @Override
  public void close() {
    closed = true;
    index.forget(listener);
  }

  /** First it listens, then it looks: so nothing falls between. */
  private void begin() {
    listener = index.listen(repository);
    snapshot = index.held(repository);
    reset = true;
  }

  private Optional<Change> await(long nanos) throws InterruptedException {
    long until = System.nanoTime() + nanos;
    while (true) {
      index.sweepAll();
      long left = until - System.nanoTime();
      Change change = listener.news().poll(Math.clamp(left, 0, SWEPT_EACH), TimeUnit.NANOSECONDS);
      if (change != null || left <= 0) {
        return Optional.ofNullable(change);
      }
    }
  }

  /** A follower that has seen half of the results must start again. */
  private Optional<EventId> endOfSnapshot() {
    return snapshot.hasNext() ? Optional.empty() : Optional.of(index.eventId(listener.since()));
  }

  private Event event(Change change) {
    Optional<EventId> id = Optional.of(index.eventId(change.number()));
    IndexEvent result = event(change.run(), change.holder());
    return change.passed() ? new Event.Passed(id, result) : new Event.Gone(id, result);
  }

  private static IndexEvent event(Fingerprint run, HolderList.Entry holder) {
    return new IndexEvent(run.runKey(), holder.peer(), holder.addresses());
  }
}
