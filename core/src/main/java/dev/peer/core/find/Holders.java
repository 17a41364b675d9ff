package dev.peer.core.find;

import java.time.Duration;

/**
 * The way to the peers that hold results.
 *
 * @param lookup names them
 * @param fetch gets results from them
 * @param hedge how long a holder may be silent before the next one is asked as well
 */
public record Holders(Lookup lookup, Fetch fetch, Duration hedge) {

  private static final Duration HEDGE = Duration.ofMillis(200);

  /** Asks the next holder as well when one has been silent for 200 ms. */
  public Holders(Lookup lookup, Fetch fetch) {
    this(lookup, fetch, HEDGE);
  }
}
