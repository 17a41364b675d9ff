package dev.peer.pages;

import dev.peer.core.progress.TimeSpans;
import dev.peer.core.store.Hit;
import dev.peer.core.store.HitLog;
import dev.peer.core.store.SentLog;
import dev.peer.core.store.StoredRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * How often results were of use, and how much time that saved, as bars over the time.
 *
 * @param title what is drawn, for people
 * @param bars those of slots in which there was something
 * @param about what they are, for people
 */
public record HitChart(String title, List<Bar> bars, String about) {

  /** Results whose hits are drawn, the latest of all. */
  static final int MOST = 200;

  private static final String HITS = "Hits, and the time that they saved";
  private static final String SENT = "Sent to other peers";
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

  /** What is drawn: something that saved this much time. */
  private record Mark(Instant at, Duration saved) {}

  /** Copies the list. */
  public HitChart {
    bars = List.copyOf(bars);
  }

  /** Reads the hits of results, the one that ended last first. */
  static HitChart of(List<StoredRecord> results, Instant now) {
    return draw(read(results, HitLog::of), now).ofLatest(results);
  }

  /** Reads how often results were sent to other peers, the one that ended last first. */
  static HitChart sent(List<StoredRecord> results, Instant now) {
    List<Mark> marks =
        read(results, SentLog::of).stream().map(at -> new Mark(at, Duration.ZERO)).toList();
    return draw(SENT, marks, now, since -> times(marks.size()) + since + ".").ofLatest(results);
  }

  /**
   * Draws hits of this machine.
   *
   * @param now where the drawing ends
   */
  static HitChart draw(List<Hit> hits, Instant now) {
    List<Mark> marks = hits.stream().map(hit -> new Mark(hit.at(), hit.saved())).toList();
    long fromPeers = hits.stream().filter(Hit::fromPeer).count();
    String whence =
        ": " + (hits.size() - fromPeers) + " in the store, " + fromPeers + " from other peers. ";
    return draw(
        HITS,
        marks,
        now,
        since -> count(marks.size()) + " on this machine" + since + whence + about(saved(marks)));
  }

  /** Draws hits that peers told a rendezvous of. */
  static HitChart told(List<ToldHit> hits, Instant now) {
    List<Mark> marks = hits.stream().map(hit -> new Mark(hit.at(), hit.saved())).toList();
    return draw(
        HITS, marks, now, since -> count(marks.size()) + since + ". " + about(saved(marks)));
  }

  private static <T> List<T> read(List<StoredRecord> results, Function<StoredRecord, List<T>> log) {
    return results.stream().limit(MOST).map(log).flatMap(List::stream).toList();
  }

  private HitChart ofLatest(List<StoredRecord> results) {
    return results.size() > MOST && !bars.isEmpty()
        ? new HitChart(title, bars, "Of the latest " + MOST + " results: " + about)
        : this;
  }

  /**
   * Draws marks.
   *
   * @param about says what they are, given since when there are any
   */
  private static HitChart draw(
      String title, List<Mark> marks, Instant now, UnaryOperator<String> about) {
    if (marks.isEmpty()) {
      return new HitChart(title, List.of(), "");
    }
    Instant first = marks.stream().map(Mark::at).min(Comparator.naturalOrder()).orElseThrow();
    double span = Math.max(1, Duration.between(first, now).toMillis());
    List<List<Mark>> slots = new ArrayList<>();
    for (int x = 0; x < SLOTS; x++) {
      slots.add(new ArrayList<>());
    }
    for (Mark mark : marks) {
      int x = (int) (SLOTS * Duration.between(first, mark.at()).toMillis() / span);
      slots.get(Math.min(SLOTS - 1, x)).add(mark);
    }
    String since = (marks.size() == 1 ? ", " : ", the first ") + ago(first, now);
    return new HitChart(title, bars(slots), about.apply(since));
  }

  private static List<Bar> bars(List<List<Mark>> slots) {
    double most = slots.stream().mapToInt(List::size).max().orElseThrow();
    double longest =
        Math.max(1, slots.stream().mapToLong(slot -> saved(slot).toMillis()).max().orElseThrow());
    List<Bar> bars = new ArrayList<>();
    for (int x = 0; x < SLOTS; x++) {
      List<Mark> slot = slots.get(x);
      if (!slot.isEmpty()) {
        bars.add(
            new Bar(
                x,
                Math.max(1, Math.round(HEIGHT * slot.size() / most)),
                Math.round(HEIGHT * saved(slot).toMillis() / longest)));
      }
    }
    return bars;
  }

  private static Duration saved(List<Mark> marks) {
    return marks.stream().map(Mark::saved).reduce(Duration.ZERO, Duration::plus);
  }

  private static String ago(Instant first, Instant now) {
    return TimeSpans.ago(Duration.between(first, now));
  }

  /** A number of hits, for people. */
  static String count(int hits) {
    return hits + (hits == 1 ? " hit" : " hits");
  }

  private static String times(int sent) {
    return sent + (sent == 1 ? " time" : " times");
  }

  private static String about(Duration saved) {
    return "Above the line how many, below it the time that they saved, in all "
        + length(saved)
        + ".";
  }

  /** A time that was saved, for people. */
  static String length(Duration saved) {
    return saved.toHours() > 0
        ? saved.toHours() + " h " + saved.toMinutesPart() + " min"
        : saved.toMinutes() > 0
            ? saved.toMinutes() + " min " + saved.toSecondsPart() + " s"
            : TimeSpans.seconds(saved);
  }
}
