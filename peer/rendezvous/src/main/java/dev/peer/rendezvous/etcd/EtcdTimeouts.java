package dev.peer.rendezvous.etcd;

import java.time.Duration;

/**
 * How long a caller of the rendezvous waits for etcd.
 *
 * @param attempt the longest that one member is given
 * @param change the longest that all attempts of a change take together, and that a watch fails
 *     before it ends
 * @param lookup the longest that all requests of a lookup take together
 */
record EtcdTimeouts(Duration attempt, Duration change, Duration lookup) {

  /** A lookup and a change end before a peer stops waiting for it, so that the peer is told why. */
  static final EtcdTimeouts SERVING =
      new EtcdTimeouts(Duration.ofMillis(2_500), Duration.ofSeconds(10), Duration.ofSeconds(6));
}
