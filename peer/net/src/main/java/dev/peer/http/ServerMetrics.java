package dev.peer.http;

import dev.peer.metrics.Family;
import dev.peer.metrics.Histogram;
import dev.peer.metrics.Metrics;
import dev.peer.tls.TlsListener;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/** The counters of a server. No label holds a value that a caller chooses. */
final class ServerMetrics {

  private static final double MILLIS_PER_SECOND = 1e3;
  private static final Set<String> METHODS = Set.of("GET", "HEAD", "PUT", "POST", "DELETE");

  private final Family<LongAdder> requests;
  private final Family<LongAdder> underWay;
  private final Family<LongAdder> bytes;
  private final Family<Histogram> durations;

  ServerMetrics(Metrics metrics, TlsListener listener) {
    requests =
        metrics.counter(
            "peer_http_requests_total",
            "Requests that are over; status cut: broken off.",
            "path",
            "method",
            "status");
    underWay = metrics.gauge("peer_http_requests_under_way", "Requests being answered.", "path");
    bytes =
        metrics.counter("peer_http_answer_bytes_total", "Bytes of answers' bodies sent.", "path");
    durations =
        metrics.histogram(
            "peer_http_request_duration_seconds",
            "From the end of a request's head to the end of the answer.",
            "path",
            "method");
    metrics.gauge(
        "peer_connections", "Open connections that made a request.", listener::connections);
    metrics.counter(
        "peer_tls_handshakes_started_total",
        "Full handshakes in which the own certificate was sent.",
        listener.handshakes()::started);
    metrics.counter(
        "peer_tls_handshakes_accepted_total",
        "Full handshakes in which the caller's certificate was taken.",
        listener.handshakes()::accepted);
    metrics.counter(
        "peer_tls_handshakes_refused_total",
        "Full handshakes in which the caller's certificate was refused.",
        listener.handshakes()::refused);
    metrics.gauge(
        "peer_certificate_expiry_timestamp_seconds",
        "When the own certificate ends, in seconds since 1970.",
        () -> listener.certificateEnd().toEpochMilli() / MILLIS_PER_SECOND);
  }

  void begun(String path) {
    underWay.with(path).increment();
  }

  void over(String path, String method, String status, long sent, long nanos) {
    String known = METHODS.contains(method) ? method : "other";
    requests.with(path, known, status).increment();
    durations.with(path, known).add(nanos);
    bytes.with(path).add(sent);
    if (!path.equals(AnsweredRequest.NO_TEMPLATE)) {
      underWay.with(path).decrement();
    }
  }
}
