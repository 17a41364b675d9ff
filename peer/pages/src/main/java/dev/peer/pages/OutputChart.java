package dev.peer.pages;

import dev.peer.core.progress.TimeSpans;
import dev.peer.core.record.OutputStreamName;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * When the test wrote how much, as bars over the time from its first awaited output to its last.
 *
 * @param bars those of slots in which anything was written
 * @param took how long that was, for people
 * @param stdout how many bytes came on stdout, for people
 * @param stderr how many came on stderr
 */
public record OutputChart(List<Bar> bars, String took, String stdout, String stderr) {

  private static final int SLOTS = 60;
  private static final int HEIGHT = 40;

  /** Output may come in any number of pieces: it is added up in so many, ever longer ones. */
  private static final int BUCKETS = 4096;

  /**
   * A slot's output on one stream.
   *
   * @param x the slot's place
   * @param height from 1 to 40, by the square root of the bytes
   */
  public record Bar(int x, int height, boolean error) {}

  /** Copies the list. */
  public OutputChart {
    bars = List.copyOf(bars);
  }

  /** Adds the output up, in a bounded space. */
  static final class Recorder {

    private final long[] stdout = new long[BUCKETS];
    private final long[] stderr = new long[BUCKETS];
    private long width = 1;
    private long micros;

    void pass(long passed) {
      micros += passed;
    }

    void add(OutputStreamName stream, long bytes) {
      while (micros / width >= BUCKETS) {
        width *= 2;
        halve(stdout);
        halve(stderr);
      }
      of(stream)[(int) (micros / width)] += bytes;
    }

    OutputChart chart() {
      long[] out = slots(stdout);
      long[] err = slots(stderr);
      long highest = LongStream.concat(LongStream.of(out), LongStream.of(err)).max().orElse(0);
      List<Bar> bars = new ArrayList<>();
      for (int x = 0; x < SLOTS; x++) {
        addBar(bars, new Bar(x, height(out[x], highest), false));
        addBar(bars, new Bar(x, height(err[x], highest), true));
      }
      return new OutputChart(
          bars,
          TimeSpans.seconds(Duration.of(micros, ChronoUnit.MICROS)),
          Sizes.text(LongStream.of(out).sum()),
          Sizes.text(LongStream.of(err).sum()));
    }

    private long[] of(OutputStreamName stream) {
      return stream == OutputStreamName.STDERR ? stderr : stdout;
    }

    private static void halve(long[] buckets) {
      for (int i = 0; i < BUCKETS / 2; i++) {
        buckets[i] = buckets[2 * i] + buckets[2 * i + 1];
      }
      Arrays.fill(buckets, BUCKETS / 2, BUCKETS, 0);
    }

    private long[] slots(long[] buckets) {
      long[] slots = new long[SLOTS];
      for (int i = 0; i < BUCKETS; i++) {
        if (buckets[i] > 0) {
          slots[(int) (i * width * SLOTS / (micros + 1))] += buckets[i];
        }
      }
      return slots;
    }

    private static int height(long bytes, long highest) {
      return bytes == 0
          ? 0
          : Math.max(1, (int) Math.round(HEIGHT * Math.sqrt(bytes / (double) highest)));
    }

    private static void addBar(List<Bar> bars, Bar bar) {
      if (bar.height() > 0) {
        bars.add(bar);
      }
    }
  }
}
