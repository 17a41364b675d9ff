package dev.peer.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimelineTest {

  @Test
  void countsWhatWasBeforeAndEachStepOnceInItsOrder() {
    Timeline timeline = new Timeline(Duration.ofHours(1));
    timeline.begin("search");
    timeline.begin("verify");
    timeline.begin("search");

    List<Timeline.Step> steps = timeline.steps();

    assertThat(steps).extracting(Timeline.Step::name).containsExactly("start", "search", "verify");
    assertThat(steps.getFirst().duration()).isGreaterThanOrEqualTo(Duration.ofHours(1));
  }

  @Test
  void leavesNoTimeOut() {
    long before = System.nanoTime();
    Timeline timeline = new Timeline(Duration.ZERO);
    timeline.begin("search");
    timeline.begin("verify");
    Duration total =
        timeline.steps().stream()
            .map(Timeline.Step::duration)
            .reduce(Duration.ZERO, Duration::plus);

    assertThat(total.toNanos()).isBetween(0L, System.nanoTime() - before);
  }
}
