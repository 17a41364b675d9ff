package dev.peer.pages;

import dev.peer.core.progress.TimeSpans;
import dev.peer.core.store.RunSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * How long runs took, as dots over the time when they ended.
 *
 * @param dots one for each run
 * @param about what they are, for people
 */
public record DurationChart(List<Dot> dots, String about) {

  /** Runs that are drawn, the latest of all. */
  static final int MOST = 200;

  private static final int WIDTH = 600;
  private static final int HEIGHT = 80;

  /**
   * A run.
   *
   * @param x when it ended, from 0 to 600
   * @param y how long it took, from 80 for nothing up to 0 for the longest
   */
  public record Dot(long x, long y) {}

  /** Copies the list. */
  public DurationChart {
    dots = List.copyOf(dots);
  }

  /**
   * Draws runs.
   *
   * @param runs the one that ended last first
   * @param now what the ages are counted from
   */
  static DurationChart of(Stream<RunSummary> runs, Instant now) {
    List<RunSummary> drawn = runs.limit(MOST).toList();
    if (drawn.isEmpty()) {
      return new DurationChart(List.of(), "");
    }
    Instant first = drawn.getLast().finishedAt();
    Instant last = drawn.getFirst().finishedAt();
    double span = Math.max(1, Duration.between(first, last).toMillis());
    List<Long> took = drawn.stream().map(DurationChart::millis).sorted().toList();
    double longest = Math.max(1, took.getLast());
    List<Dot> dots =
        drawn.stream()
            .map(
                run ->
                    new Dot(
                        Math.round(
                            WIDTH * Duration.between(first, run.finishedAt()).toMillis() / span),
                        HEIGHT - Math.round(HEIGHT * millis(run) / longest)))
            .toList();
    return new DurationChart(
        dots,
        drawn.size()
            + (drawn.size() == 1 ? " run, which" : " runs, which")
            + " ended from "
            + TimeSpans.ago(Duration.between(first, now))
            + " to "
            + TimeSpans.ago(Duration.between(last, now))
            + ". They took "
            + seconds(took.getFirst())
            + " to "
            + seconds(took.getLast())
            + ", half of them at most "
            + seconds(took.get((took.size() - 1) / 2))
            + ".");
  }

  /** A run's clock may have been set back. */
  private static long millis(RunSummary run) {
    return Math.max(0, Duration.between(run.startedAt(), run.finishedAt()).toMillis());
  }

  private static String seconds(long millis) {
    return TimeSpans.seconds(Duration.ofMillis(millis));
  }
}
