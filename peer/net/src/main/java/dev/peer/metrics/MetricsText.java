package dev.peer.metrics;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/** Writes Prometheus' text format. */
final class MetricsText {

  private static final double NANOS_PER_SECOND = 1e9;

  private final StringBuilder text = new StringBuilder();

  void add(Metric metric) {
    text.append("# HELP ").append(metric.name()).append(' ').append(metric.help()).append('\n');
    text.append("# TYPE ").append(metric.name()).append(' ').append(metric.type()).append('\n');
    metric.samples().accept(this);
  }

  void sample(String name, DoubleSupplier value) {
    double now;
    try {
      now = value.getAsDouble();
    } catch (RuntimeException e) {
      // Its source does not know it now; an invented value would mislead.
      return;
    }
    line(name, List.of(), List.of(), number(now));
  }

  void samples(String name, Family<LongAdder> family) {
    family.forEach((values, count) -> line(name, family.labels(), values, "" + count.sum()));
  }

  void histograms(String name, Family<Histogram> family) {
    List<String> labels = plus(family.labels(), "le");
    family.forEach(
        (values, histogram) -> {
          long[] counts = histogram.counts();
          long below = 0;
          for (int i = 0; i < counts.length; i++) {
            below += counts[i];
            line(name + "_bucket", labels, plus(values, bound(i)), "" + below);
          }
          line(name + "_sum", family.labels(), values, number(histogram.sum() / NANOS_PER_SECOND));
          line(name + "_count", family.labels(), values, "" + below);
        });
  }

  private static String bound(int step) {
    if (step == Histogram.BOUNDS.size()) {
      return "+Inf";
    }
    Duration bound = Histogram.BOUNDS.get(step);
    return number(bound.toNanos() / NANOS_PER_SECOND);
  }

  private static List<String> plus(List<String> list, String one) {
    List<String> longer = new ArrayList<>(list);
    longer.add(one);
    return longer;
  }

  private void line(String name, List<String> labels, List<String> values, String value) {
    text.append(name);
    for (int i = 0; i < labels.size(); i++) {
      text.append(i == 0 ? '{' : ',').append(labels.get(i)).append("=\"");
      text.append(escaped(values.get(i))).append('"');
    }
    text.append(labels.isEmpty() ? " " : "} ").append(value).append('\n');
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  private static String number(double value) {
    return Double.isFinite(value)
        ? BigDecimal.valueOf(value).stripTrailingZeros().toPlainString()
        : Double.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
