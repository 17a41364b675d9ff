package dev.peer.pages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.id.TreeId;
import dev.peer.core.store.RunSummary;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DurationChartTest {

  private static final Instant NOW = Instant.parse("2030-01-31T12:00:00Z");

  @Test
  void drawsEachRunWhereItEndedAndAsHighAsItTook() {
    DurationChart chart = DurationChart.of(Stream.of(run(60, 8), run(120, 2), run(180, 4)), NOW);

    assertThat(chart.dots())
        .containsExactly(
            new DurationChart.Dot(600, 0),
            new DurationChart.Dot(300, 60),
            new DurationChart.Dot(0, 40));
    assertThat(chart.about())
        .isEqualTo(
            "3 runs, which ended from 3 min ago to 1 min ago. They took 2.0 s to 8.0 s, half of"
                + " them at most 4.0 s.");
  }

  @Test
  void drawsTheLatestOfMany() {
    DurationChart chart =
        DurationChart.of(IntStream.range(0, 1000).mapToObj(ago -> run(ago, 1)), NOW);

    assertThat(chart.dots()).hasSize(DurationChart.MOST);
    assertThat(chart.about()).startsWith("200 runs, which ended from 3 min ago to 0 s ago.");
  }

  @Test
  void drawsRunsThatTookNoTime() {
    assertThat(DurationChart.of(Stream.of(run(5, 0), run(5, -3)), NOW).dots())
        .containsExactly(new DurationChart.Dot(0, 80), new DurationChart.Dot(0, 80));
    assertThat(DurationChart.of(Stream.of(), NOW).dots()).isEmpty();
  }

  private static RunSummary run(int secondsAgo, int took) {
    Instant end = NOW.minusSeconds(secondsAgo);
    return new RunSummary(
        new RunKey(Digest.of(new byte[0])),
        new RunSummary.Subject(new RepoId("h/r"), new TreeId("0".repeat(40)), "test"),
        new PeerId("spiffe://team/laptop"),
        end.minusSeconds(took),
        end,
        Optional.empty());
  }
}
