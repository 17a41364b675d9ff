package dev.peer.metrics;

import dev.peer.core.platform.Platform;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/** The metrics of a process that Prometheus' libraries export everywhere, by the same names. */
public final class ProcessMetrics {

  private static final double NANOS_PER_SECOND = 1e9;
  private static final double MILLIS_PER_SECOND = 1e3;

  private ProcessMetrics() {}

  /** Adds them. */
  public static void addTo(Metrics metrics) {
    metrics.gauge(
        "process_start_time_seconds",
        "When the process was started, in seconds since 1970.",
        () -> of(ProcessHandle.Info::startInstant, Instant::toEpochMilli) / MILLIS_PER_SECOND);
    metrics.counter(
        "process_cpu_seconds_total",
        "Processor time that the process has taken.",
        () -> of(ProcessHandle.Info::totalCpuDuration, Duration::toNanos) / NANOS_PER_SECOND);
    metrics.gauge(
        "process_resident_memory_bytes",
        "Memory of the process that is in RAM.",
        () -> Platform.current().residentMemory().orElseThrow());
    metrics.gauge(
        "jvm_memory_heap_used_bytes",
        "Heap in use, garbage included.",
        () -> Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
    metrics.gauge(
        "jvm_memory_heap_max_bytes",
        "Heap that may be used.",
        () -> Runtime.getRuntime().maxMemory());
  }

  private static <T> double of(
      Function<ProcessHandle.Info, Optional<T>> what, Function<T, Long> value) {
    return what.apply(ProcessHandle.current().info()).map(value).orElseThrow();
  }
}
