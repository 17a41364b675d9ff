package dev.peer.rendezvous;

import dev.peer.metrics.Metrics;

/** What is told of an index: numbers alone. */
final class IndexMetrics {

  private IndexMetrics() {}

  static void add(HolderIndex index, Metrics metrics) {
    metrics.gauge("peer_index_leases", "Leases that are live.", () -> index.status().leases());
    metrics.gauge(
        "peer_index_results",
        "Results announced under live leases, each holder counted.",
        () -> index.status().results());
  }
}
