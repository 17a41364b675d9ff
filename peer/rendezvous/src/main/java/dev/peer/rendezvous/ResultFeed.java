package dev.peer.rendezvous;

import dev.peer.wire.EventId;
import dev.peer.wire.IndexEvent;
import java.time.Duration;
import java.util.Optional;

/**
 * The changes among the passed results of one repository, for one follower.
 *
 * <p>Nothing is left out, and an event may come twice. If the missed events are unknown, there is a
 * {@link Event.Reset}, and then all results come as if they had just passed.
 */
public interface ResultFeed extends AutoCloseable {

  /**
   * The next event; empty: there was none in this time. By one thread.
   *
   * @throws IllegalStateException if it is closed
   * @throws IndexUnavailableException if the index cannot say what happens now
   */
  Optional<Event> next(Duration atMost) throws InterruptedException, IndexUnavailableException;

  @Override
  void close();

  /** An event. */
  sealed interface Event {

    /** Where to go on from, once it was seen; empty: from nowhere yet. */
    Optional<EventId> id();

    /** Forget everything: all results follow. */
    record Reset(Optional<EventId> id) implements Event {}

    /** The peer holds the result. */
    record Passed(Optional<EventId> id, IndexEvent result) implements Event {}

    /** None of the peer's processes holds the result any more. */
    record Gone(Optional<EventId> id, IndexEvent result) implements Event {}
  }
}
