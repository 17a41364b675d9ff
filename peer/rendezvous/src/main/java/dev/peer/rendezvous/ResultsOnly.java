package dev.peer.rendezvous;

import dev.peer.core.id.RunKey;
import java.time.Duration;
import java.util.Optional;

/**
 * A feed without what is announced under one key, which is no run's: its followers fetch what they
 * hear of as a result.
 */
record ResultsOnly(ResultFeed feed, RunKey leftOut) implements ResultFeed {

  @Override
  public Optional<Event> next(Duration atMost)
      throws InterruptedException, IndexUnavailableException {
    return feed.next(atMost).filter(event -> !isLeftOut(event));
  }

  private boolean isLeftOut(Event event) {
    return switch (event) {
      case Event.Reset _ -> false;
      case Event.Passed passed -> passed.result().key().equals(leftOut);
      case Event.Gone gone -> gone.result().key().equals(leftOut);
    };
  }

  @Override
  public void close() {
    feed.close();
  }
}
