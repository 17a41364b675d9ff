package dev.peer.pages;

import dev.peer.core.progress.TimeSpans;
import dev.peer.core.store.Hit;
import dev.peer.core.store.HitLog;
import dev.peer.core.store.HitSum;
import dev.peer.core.store.StoredRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How often results were taken instead of a run, and how much time that saved, as bars over the
 * time.
 *
 * @param bars those of slots in which there was a hit
 * @param about what they are, for people
 */
public record HitChart(List<Bar> bars, String about) {

  /** Results whose hits are drawn, the latest of all. */
  static final int MOST = 200;

  private static final int SLOTS = 60;
  private static final int HEIGHT = 40;

  /**
   * A slot.
   *
   * @param x the slot's place, from 0 to 59
   * @param hits from 1 to 40, for the number of hits
   * @param saved from 0 to 40, for the time that they saved
   */
  public record Bar(int x, long hits, long saved) {}

  /** Copies the list. */
  public HitChart {
    bars = List.copyOf(bars);
  }

  /** Reads the hits of results, the one that ended last first. */
  static HitChart of(List<StoredRecord> results, Instant now) {
    List<Hit> hits = results.stream().limit(MOST).map(HitLog::of).flatMap(List::stream).toList();
    HitChart chart = draw(hits, now);
    return results.size() > MOST && !hits.isEmpty()
        ? new HitChart(chart.bars(), "Of the latest " + MOST + " results: " + chart.about())
        : chart;
  }

  /**
   * Draws hits.
   *
   * @param now where the drawing ends
   */
  static HitChart draw(List<Hit> hits, Instant now) {
    if (hits.isEmpty()) {
      return new HitChart(List.of(), "");
    }
    Instant first = hits.stream().map(Hit::at).min(Comparator.naturalOrder()).orElseThrow();
    double span = Math.max(1, Duration.between(first, now).toMillis());
    List<List<Hit>> slots = new ArrayList<>();
    for (int x = 0; x < SLOTS; x++) {
      slots.add(new ArrayList<>());
    }
    for (Hit hit : hits) {
      int x = (int) (SLOTS * Duration.between(first, hit.at()).toMillis() / span);
      slots.get(Math.min(SLOTS - 1, x)).add(hit);
    }
    return new HitChart(bars(slots.stream().map(HitSum::of).toList()), about(hits, first, now));
  }

  private static List<Bar> bars(List<HitSum> slots) {
    double most = slots.stream().mapToInt(HitSum::count).max().orElseThrow();
    double longest =
        Math.max(1, slots.stream().mapToLong(slot -> slot.saved().toMillis()).max().orElseThrow());
    List<Bar> bars = new ArrayList<>();
    for (int x = 0; x < SLOTS; x++) {
      HitSum slot = slots.get(x);
      if (slot.count() > 0) {
        bars.add(
            new Bar(
                x,
                Math.max(1, Math.round(HEIGHT * slot.count() / most)),
                Math.round(HEIGHT * slot.saved().toMillis() / longest)));
      }
    }
    return bars;
  }

  private static String about(List<Hit> hits, Instant first, Instant now) {
    HitSum sum = HitSum.of(hits);
    long fromPeers = hits.stream().filter(Hit::fromPeer).count();
    return sum.count()
        + (sum.count() == 1 ? " hit on this machine, " : " hits on this machine, the first ")
        + TimeSpans.ago(Duration.between(first, now))
        + ": "
        + (sum.count() - fromPeers)
        + " in the store, "
        + fromPeers
        + " from other peers. Above the line how many, below it the time that they saved, in all "
        + length(sum.saved())
        + ".";
  }

  private static String length(Duration saved) {
    return saved.toHours() > 0
        ? saved.toHours() + " h " + saved.toMinutesPart() + " min"
        : saved.toMinutes() > 0
            ? saved.toMinutes() + " min " + saved.toSecondsPart() + " s"
            : TimeSpans.seconds(saved);
  }
}
