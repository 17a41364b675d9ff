package dev.peer.rendezvous;

import dev.peer.metrics.Metrics;
import dev.peer.wire.RendezvousStatus;
import java.util.function.ToDoubleFunction;

/** The metrics of an index: numbers only. */
final class IndexMetrics {

  private IndexMetrics() {}

  static void add(HolderIndex index, Metrics metrics) {
    add(index, metrics, "peer_index_leases", "Leases that are live.", RendezvousStatus::leases);
    add(
        index,
        metrics,
        "peer_index_results",
        "Results announced under live leases, each holder counted.",
        RendezvousStatus::results);
  }

  /** Left out while the index cannot be reached. */
  private static void add(
      HolderIndex index,
      Metrics metrics,
      String name,
      String help,
      ToDoubleFunction<RendezvousStatus> number) {
    metrics.gauge(
        name,
        help,
        () -> {
          try {
            return number.applyAsDouble(index.status());
          } catch (IndexUnavailableException e) {
            throw new IllegalStateException(e.getMessage(), e);
          }
        });
  }
}
