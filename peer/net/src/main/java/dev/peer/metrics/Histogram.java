package dev.peer.metrics;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** How often something took how long: from 0.5 ms to 60 s, in thirteen steps, and longer. */
public final class Histogram {

  static final List<Duration> BOUNDS =
      List.of(
          Duration.ofNanos(500_000),
          Duration.ofMillis(1),
          Duration.ofNanos(2_500_000),
          Duration.ofMillis(5),
          Duration.ofMillis(10),
          Duration.ofMillis(25),
          Duration.ofMillis(50),
          Duration.ofMillis(100),
          Duration.ofMillis(250),
          Duration.ofSeconds(1),
          Duration.ofSeconds(5),
          Duration.ofSeconds(20),
          Duration.ofSeconds(60));

  private static final long[] NANOS = BOUNDS.stream().mapToLong(Duration::toNanos).toArray();

  private final LongAdder[] counts = new LongAdder[NANOS.length + 1];
  private final LongAdder sum = new LongAdder();

  Histogram() {
    Arrays.setAll(counts, i -> new LongAdder());
  }

  /** It took so long this time. */
  public void add(long nanos) {
    int step = 0;
    while (step < NANOS.length && nanos > NANOS[step]) {
      step++;
    }
    counts[step].increment();
    sum.add(nanos);
  }

  /** The count between each bound and the one before; last, the count above all bounds. */
  long[] counts() {
    return Arrays.stream(counts).mapToLong(LongAdder::sum).toArray();
  }

  /** All of it together, in nanoseconds. */
  long sum() {
    return sum.sum();
  }
}
