package dev.peer.pages;

import dev.peer.core.progress.TimeSpans;
import dev.peer.core.record.Provenance;
import dev.peer.core.record.StageTimes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * When a run was in which stage, as bars below each other over the time of all of them.
 *
 * @param bars the stages in their order; none if the evidence does not state them
 * @param about what they are, for people
 */
public record StageChart(List<Bar> bars, String about) {

  private static final int WIDTH = 1000;

  /**
   * A stage.
   *
   * @param took how long it took, for people
   * @param x when it began, from 0 to 999
   * @param width how long it took, from 1 to 1000
   */
  public record Bar(String name, String took, long x, long width) {}

  /** Copies the list. */
  public StageChart {
    bars = List.copyOf(bars);
  }

  /** Draws the stages of a run. */
  static StageChart of(Provenance provenance) {
    return switch (provenance) {
      case Provenance.Unstated() -> new StageChart(List.of(), "");
      case Provenance.Stated stated -> new StageChart(bars(stated.stages()), about(stated));
    };
  }

  private static List<Bar> bars(StageTimes stages) {
    double whole = Math.max(1, stages.total().toMillis());
    List<Bar> bars = new ArrayList<>();
    Duration begun = Duration.ZERO;
    for (StageTimes.Stage stage : stages.list()) {
      bars.add(
          new Bar(
              stage.name(),
              TimeSpans.seconds(stage.took()),
              Math.min(WIDTH - 1, Math.round(WIDTH * begun.toMillis() / whole)),
              Math.max(1, Math.round(WIDTH * stage.took().toMillis() / whole))));
      begun = begun.plus(stage.took());
    }
    return bars;
  }

  private static String about(Provenance.Stated stated) {
    int tries = stated.tries().passedAt();
    return "Each stage lasts until the next one begins; together they took "
        + TimeSpans.seconds(stated.stages().total())
        + "."
        + (tries > 1 ? " The tests had " + tries + " tries." : "");
  }
}
