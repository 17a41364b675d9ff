package dev.peer.relay;

import dev.peer.metrics.Family;
import dev.peer.metrics.Metrics;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.RelayStatus;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** The counters of a relay. No label holds a value that a caller chooses. */
final class RelayMetrics {

  private static final double MILLIS_PER_SECOND = 1e3;

  private final Family<LongAdder> requests;

  RelayMetrics(Metrics metrics, TlsIdentity identity, Supplier<RelayStatus> status) {
    requests =
        metrics.counter(
            "peer_relay_requests_total",
            "Requests that are over, tunnels and registrations among them; status cut: broken off.",
            "path",
            "status");
    metrics.gauge(
        "peer_relay_registrations",
        "Processes of peers that can be reached here.",
        () -> status.get().registrations());
    metrics.gauge("peer_relay_tunnels", "Connections passed on now.", () -> status.get().tunnels());
    metrics.counter(
        "peer_relay_bytes_total", "Bytes passed on, both ways.", () -> status.get().bytes());
    metrics.gauge(
        "peer_certificate_expiry_timestamp_seconds",
        "When the own certificate ends, in seconds since 1970.",
        () -> identity.certificateEnd().toEpochMilli() / MILLIS_PER_SECOND);
  }

  void over(String path, Optional<Integer> status) {
    requests.with(path, status.map(String::valueOf).orElse("cut")).increment();
  }
}
