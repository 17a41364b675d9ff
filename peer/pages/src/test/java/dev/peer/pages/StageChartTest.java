package dev.peer.pages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.record.Provenance;
import dev.peer.core.record.StageTimes;
import dev.peer.core.record.Tries;
import dev.peer.core.sign.SignedRuns;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class StageChartTest {

  @Test
  void drawsEachStageFromWhereTheOneBeforeEnds() {
    StageChart chart =
        StageChart.of(
            SignedRuns.provenance(
                stages(stage("boot", 2_000), stage("test", 5_990), stage("post-test", 10))));

    assertThat(chart.bars())
        .containsExactly(
            new StageChart.Bar("boot", "2.0 s", 0, 250),
            new StageChart.Bar("test", "6.0 s", 250, 749),
            new StageChart.Bar("post-test", "0.0 s", 999, 1));
    assertThat(chart.about())
        .isEqualTo("Each stage lasts until the next one begins; together they took 8.0 s.");
  }

  @Test
  void showsStagesThatTookNoTime() {
    assertThat(
            StageChart.of(SignedRuns.provenance(stages(stage("boot", 0), stage("test", 0)))).bars())
        .containsExactly(
            new StageChart.Bar("boot", "0.0 s", 0, 1), new StageChart.Bar("test", "0.0 s", 0, 1));
    assertThat(StageChart.of(SignedRuns.provenance(stages(stage("boot", 1), stage("test", 0)))))
        .extracting(chart -> chart.bars().getLast())
        .isEqualTo(new StageChart.Bar("test", "0.0 s", 999, 1));
  }

  @Test
  void saysThatTheTestsWereTriedAgain() {
    Provenance.Stated once = SignedRuns.provenance(stages(stage("test", 1_000)));

    assertThat(
            StageChart.of(
                    new Provenance.Stated(
                        once.startedFrom(),
                        once.preparationNetwork(),
                        once.mk(),
                        once.agent(),
                        new Tries(2, 3),
                        once.stages()))
                .about())
        .endsWith("together they took 1.0 s. The tests had 2 tries.");
  }

  @Test
  void isEmptyForEvidenceThatStatesNone() {
    assertThat(StageChart.of(new Provenance.Unstated()).bars()).isEmpty();
    assertThat(StageChart.of(SignedRuns.provenance(StageTimes.UNSTATED)).bars()).isEmpty();
  }

  private static StageTimes stages(StageTimes.Stage... stages) {
    return new StageTimes(List.of(stages));
  }

  private static StageTimes.Stage stage(String name, long milliseconds) {
    return new StageTimes.Stage(name, Duration.ofMillis(milliseconds));
  }
}
