package dev.peer.rendezvous;

import dev.peer.wire.EventId;
import dev.peer.wire.IndexEvent;
import java.time.Duration;
import java.util.Optional;

/**
 * What comes and goes among the passed results of one repository, for one who follows it.
 *
 * <p>Nothing is left out; something may come twice. Where it cannot be said what was missed, there
 * is a {@link Event.Reset}, and then all there is comes as if it had just passed.
 */
public interface Following extends AutoCloseable {

  /**
   * The next event; empty: there was none in this time. By one thread.
   *
   * @throws IllegalStateException if it is closed
   * @throws IndexUnavailableException if it cannot be said what happens now
   */
  Optional<Event> next(Duration atMost) throws InterruptedException, IndexUnavailableException;

  @Override
  void close();

  /** What happened. */
  sealed interface Event {

    /** Where to go on from, once it was seen; empty: from nowhere yet. */
    Optional<EventId> id();

    /** Forget what was known: what there is follows. */
    record Reset(Optional<EventId> id) implements Event {}

    /** The peer holds the result. */
    record Passed(Optional<EventId> id, IndexEvent result) implements Event {}

    /** None of the peer's processes holds the result any more. */
    record Gone(Optional<EventId> id, IndexEvent result) implements Event {}
  }
}
