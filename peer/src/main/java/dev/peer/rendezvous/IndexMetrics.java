package dev.peer.rendezvous;

import dev.peer.metrics.Metrics;
import dev.peer.wire.RendezvousStatus;
import java.util.function.ToLongFunction;

/** What is told of an index: numbers alone, and none while it can not be reached. */
final class IndexMetrics {

  private IndexMetrics() {}

  static void add(HolderIndex index, Metrics metrics) {
    metrics.gauge(
        "peer_index_leases",
        "Leases that are live.",
        () -> number(index, RendezvousStatus::leases));
    metrics.gauge(
        "peer_index_results",
        "Results announced under live leases, each holder counted.",
        () -> number(index, RendezvousStatus::results));
  }

  private static double number(HolderIndex index, ToLongFunction<RendezvousStatus> part) {
    try {
      return part.applyAsLong(index.status());
    } catch (IndexUnavailableException e) {
      return Double.NaN;
    }
  }
}
