package dev.peer.client.announce;

import java.time.Duration;

/**
 * How a peer keeps itself registered at a relay.
 *
 * @param alive the interval of its signs of life; a relay that is silent for three intervals is
 *     gone
 * @param firstRetry after which it connects again; twice as long each time
 * @param lastRetry at most
 * @param connections that it takes from one relay at once
 */
record RelayPace(Duration alive, Duration firstRetry, Duration lastRetry, int connections) {

  /** 12 s, which keeps the mapping of a NAT; 1 s to 15 s; 64. */
  static final RelayPace DEFAULT =
      new RelayPace(Duration.ofSeconds(12), Duration.ofSeconds(1), Duration.ofSeconds(15), 64);

  Duration silence() {
    return alive.multipliedBy(3);
  }
}
