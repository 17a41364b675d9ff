package dev.peer.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

class MetricsTest {

  private final Metrics metrics = new Metrics();

  @Test
  void writesCountersAndGaugesInTheOrderOfTheirNames() {
    Family<LongAdder> asked = metrics.counter("b_total", "What was asked.", "path", "status");
    metrics.gauge("a", "How it is.", () -> 1.5e9);
    metrics.counter("c_total", "Never yet.");
    asked.with("/x", "200").add(3);

    assertThat(text())
        .isEqualTo(
            """
            # HELP a How it is.
            # TYPE a gauge
            a 1500000000
            # HELP b_total What was asked.
            # TYPE b_total counter
            b_total{path="/x",status="200"} 3
            # HELP c_total Never yet.
            # TYPE c_total counter
            c_total 0
            """);
  }

  @Test
  void countsInAHistogramWhatIsAtMostEachBound() {
    Histogram times = metrics.histogram("t_seconds", "How long.", "path").with("/x");
    times.add(Duration.ofNanos(500_000).toNanos());
    times.add(Duration.ofNanos(500_001).toNanos());
    times.add(Duration.ofMinutes(2).toNanos());

    assertThat(text())
        .contains("t_seconds_bucket{path=\"/x\",le=\"0.0005\"} 1\n")
        .contains("t_seconds_bucket{path=\"/x\",le=\"0.001\"} 2\n")
        .contains("t_seconds_bucket{path=\"/x\",le=\"60\"} 2\n")
        .contains("t_seconds_bucket{path=\"/x\",le=\"+Inf\"} 3\n")
        .contains("t_seconds_sum{path=\"/x\"} 120.001000001\n")
        .contains("t_seconds_count{path=\"/x\"} 3\n");
  }

  @Test
  void leavesOutWhatCanNotBeToldJustNow() {
    metrics.gauge(
        "a",
        "How it is.",
        () -> {
          throw new IllegalStateException("no quorum");
        });
    metrics.gauge("b", "How it is.", () -> 2);

    assertThat(text()).contains("# TYPE a gauge\n# HELP b").contains("\nb 2\n");
  }

  @Test
  void escapesTheValuesOfLabels() {
    metrics.gauge("a", "How it is.", "label").with("x\"y\\z\n").add(1);

    assertThat(text()).contains("a{label=\"x\\\"y\\\\z\\n\"} 1\n");
  }

  @Test
  void refusesASecondMetricOfOneNameAndOtherLabels() {
    Family<LongAdder> asked = metrics.counter("a_total", "What was asked.", "path");

    assertThatThrownBy(() -> metrics.gauge("a_total", "Again.", () -> 1))
        .hasMessageContaining("a_total");
    assertThatThrownBy(() -> asked.with("/x", "200")).hasMessageContaining("[path]");
  }

  private String text() {
    return new String(metrics.text(), UTF_8);
  }
}
