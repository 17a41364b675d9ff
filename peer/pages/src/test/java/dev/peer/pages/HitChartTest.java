package dev.peer.pages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.store.Hit;
import dev.peer.core.store.HitLog;
import dev.peer.core.store.SentLog;
import dev.peer.core.store.StoredRecord;
import dev.peer.core.store.StoredRecords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HitChartTest {

  private static final Instant NOW = Instant.parse("2030-01-31T12:00:00Z");

  @Test
  void drawsHitsAboveTheLineAndTheTimeThatTheySavedBelow() {
    HitChart chart =
        HitChart.draw(
            List.of(hit(60, true, 40), hit(30, false, 10), hit(29, false, 10), hit(0, true, 0)),
            NOW);

    assertThat(chart.bars())
        .containsExactly(
            new HitChart.Bar(0, 40, 40),
            new HitChart.Bar(30, 40, 10),
            new HitChart.Bar(31, 40, 10),
            new HitChart.Bar(59, 40, 0));
    assertThat(chart.about())
        .isEqualTo(
            "4 hits on this machine, the first 1 min ago: 2 in the store, 2 from other peers. Above"
                + " the line how many, below it the time that they saved, in all 1 min 0 s.");
  }

  @Test
  void addsUpTheHitsOfASlot() {
    HitChart chart =
        HitChart.draw(
            List.of(hit(600, false, 7200), hit(599, false, 1800), hit(0, false, 3600)), NOW);

    assertThat(chart.bars())
        .containsExactly(new HitChart.Bar(0, 40, 40), new HitChart.Bar(59, 20, 16));
    assertThat(chart.about()).endsWith("in all 3 h 30 min.");
  }

  @Test
  void drawsOneHitAndNone() {
    assertThat(HitChart.draw(List.of(hit(0, false, 3)), NOW))
        .isEqualTo(
            new HitChart(
                "Hits, and the time that they saved",
                List.of(new HitChart.Bar(0, 40, 40)),
                "1 hit on this machine, 0 s ago: 1 in the store, 0 from other peers. Above the line"
                    + " how many, below it the time that they saved, in all 3.0 s."));
    assertThat(HitChart.draw(List.of(), NOW).bars()).isEmpty();
  }

  @Test
  void drawsHitsThatWereTold() {
    ToldHit told =
        new ToldHit(
            new RunKey(Digest.of(new byte[0])),
            new PeerId("spiffe://team/ci"),
            new PeerId("spiffe://team/laptop"),
            NOW.minusSeconds(60),
            Duration.ofSeconds(90));

    assertThat(HitChart.told(List.of(told, told), NOW))
        .isEqualTo(
            new HitChart(
                "Hits, and the time that they saved",
                List.of(new HitChart.Bar(0, 40, 40)),
                "2 hits, the first 1 min ago. Above the line how many, below it the time that they"
                    + " saved, in all 3 min 0 s."));
    assertThat(HitChart.told(List.of(), NOW).bars()).isEmpty();
  }

  @Test
  void drawsWhatWasSent(@TempDir Path directory) throws Exception {
    StoredRecord result = result(directory);
    assertThat(HitChart.sent(List.of(result), NOW).bars()).isEmpty();
    SentLog.add(result, NOW.minusSeconds(60));
    SentLog.add(result, NOW);
    SentLog.add(result, NOW);

    assertThat(HitChart.sent(List.of(result), NOW))
        .isEqualTo(
            new HitChart(
                "Sent to other peers",
                List.of(new HitChart.Bar(0, 20, 0), new HitChart.Bar(59, 40, 0)),
                "3 times, the first 1 min ago."));
  }

  @Test
  void readsTheHitsOfTheLatestOfManyResults(@TempDir Path directory) throws Exception {
    List<StoredRecord> results = new ArrayList<>();
    for (int i = 0; i <= HitChart.MOST; i++) {
      results.add(result(Files.createDirectory(directory.resolve("" + i))));
      HitLog.add(results.getLast(), hit(i, false, 1));
    }

    assertThat(HitChart.of(results, NOW).about())
        .startsWith("Of the latest 200 results: 200 hits on this machine, the first 3 min ago: ");
    assertThat(HitChart.of(results.subList(1, results.size()), NOW).about())
        .startsWith("200 hits on this machine");
  }

  @Test
  void drawsNoneWhereTheyCannotBeRead(@TempDir Path directory) throws Exception {
    StoredRecord result = result(directory);
    Files.createDirectory(directory.resolve("hits"));

    assertThat(HitChart.of(List.of(result), NOW).bars()).isEmpty();
  }

  private static StoredRecord result(Path directory) throws IOException {
    return StoredRecords.of(
        directory,
        new RepoId("git.example.org/team/project"),
        new RunKey(Digest.of(new byte[0])),
        "{}".getBytes(UTF_8),
        new byte[0]);
  }

  private static Hit hit(int secondsAgo, boolean fromPeer, int saved) {
    return new Hit(
        NOW.minusSeconds(secondsAgo), fromPeer, Duration.ofSeconds(saved), Duration.ZERO);
  }
}
