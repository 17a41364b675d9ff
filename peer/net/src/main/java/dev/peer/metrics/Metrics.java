package dev.peer.metrics;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/** The metrics of one process: made once each, then counted and written by any thread. */
public final class Metrics {

  /** The media type of {@link #text}. */
  public static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final Map<String, Metric> metrics = new ConcurrentSkipListMap<>();

  /** Something that only grows; the name ends with {@code _total}. */
  public Family<LongAdder> counter(String name, String help, String... labels) {
    Family<LongAdder> family = new Family<>(List.of(labels), LongAdder::new);
    add(new Metric(name, help, "counter", text -> text.samples(name, family)));
    return family;
  }

  /** A value that is counted elsewhere and only grows. */
  public void counter(String name, String help, DoubleSupplier value) {
    add(new Metric(name, help, "counter", text -> text.sample(name, value)));
  }

  /** Something that grows and shrinks. */
  public Family<LongAdder> gauge(String name, String help, String... labels) {
    Family<LongAdder> family = new Family<>(List.of(labels), LongAdder::new);
    add(new Metric(name, help, "gauge", text -> text.samples(name, family)));
    return family;
  }

  /**
   * Something that is so at the moment.
   *
   * @param value asked each time; where it throws, the sample is left out
   */
  public void gauge(String name, String help, DoubleSupplier value) {
    add(new Metric(name, help, "gauge", text -> text.sample(name, value)));
  }

  /** How long something takes; the name ends with {@code _seconds}. */
  public Family<Histogram> histogram(String name, String help, String... labels) {
    Family<Histogram> family = new Family<>(List.of(labels), Histogram::new);
    add(new Metric(name, help, "histogram", text -> text.histograms(name, family)));
    return family;
  }

  /** All there is, in Prometheus' text format 0.0.4, the metrics in the order of their names. */
  public byte[] text() {
    MetricsText text = new MetricsText();
    metrics.values().forEach(text::add);
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private void add(Metric metric) {
    if (metrics.putIfAbsent(metric.name(), metric) != null) {
      throw new IllegalArgumentException("there is a metric of this name: " + metric.name());
    }
  }
}
