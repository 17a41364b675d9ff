package dev.peer.pages;

import dev.peer.core.id.RepoId;
import dev.peer.core.id.ShortId;
import dev.peer.core.progress.TimeSpans;
import dev.peer.core.store.RunSummary;
import dev.peer.core.store.StoredRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A page of the list of results.
 *
 * @param query which results
 * @param repos the repositories that the reader may fetch from, of which there are results
 * @param rows those of this page, the run that ended last first
 * @param count how many results all pages have
 * @param plots what is drawn of all pages
 * @param reader the one who asked
 */
public record ListView(
    ListQuery query, List<String> repos, List<Row> rows, int count, Plots plots, String reader) {

  static final int ROWS = 50;

  /**
   * What is drawn.
   *
   * @param durations how long the latest runs took
   * @param hits how often results were taken instead of a run
   * @param sent how often results were sent to other peers
   */
  public record Plots(DurationChart durations, HitChart hits, HitChart sent) {}

  /**
   * One result.
   *
   * @param run what its attestation said when it was verified
   * @param bytes the size of its bundle
   * @param age how long ago it ended, for people
   */
  public record Row(RunSummary run, long bytes, String age) {

    private static Row of(StoredRecord record, Instant now) {
      return new Row(
          record.summary(),
          record.bundle().size(),
          TimeSpans.ago(Duration.between(record.summary().finishedAt(), now)));
    }

    public String link() {
      return new PagePath.Result(run.key()).text();
    }

    public String tree() {
      return ShortId.of(run.subject().tree().hex());
    }

    public String tests() {
      return run.tests().map(Object::toString).orElse("not counted");
    }

    public String took() {
      return TimeSpans.seconds(Duration.between(run.startedAt(), run.finishedAt()));
    }

    public String size() {
      return Sizes.text(bytes);
    }
  }

  /**
   * Selects a page.
   *
   * @param admitted the repositories that the reader may fetch from
   */
  static ListView of(
      List<StoredRecord> served, Set<RepoId> admitted, ListQuery query, String reader) {
    Instant now = Instant.now();
    List<StoredRecord> taken =
        served.stream()
            .filter(record -> admitted.contains(record.repo()) && query.takes(record.summary()))
            .sorted(
                Comparator.comparing((StoredRecord record) -> record.summary().finishedAt())
                    .reversed()
                    .thenComparing(record -> record.key().hex()))
            .toList();
    int pages = Math.max(1, (taken.size() + ROWS - 1) / ROWS);
    ListQuery shown = query.onPage(Math.min(query.page(), pages));
    List<Row> rows =
        taken.stream()
            .skip((long) (shown.page() - 1) * ROWS)
            .limit(ROWS)
            .map(record -> Row.of(record, now))
            .toList();
    return new ListView(
        shown,
        admitted.stream().map(RepoId::text).sorted().toList(),
        rows,
        taken.size(),
        new Plots(
            DurationChart.of(taken.stream().map(StoredRecord::summary), now),
            HitChart.of(taken, now),
            HitChart.sent(taken, now)),
        reader);
  }

  /** Which rows these are, for people. */
  public String range() {
    int first = (query.page() - 1) * ROWS;
    return rows.isEmpty()
        ? "no results"
        : "results " + (first + 1) + " to " + (first + rows.size()) + " of " + count;
  }

  public Optional<String> newer() {
    return query.page() > 1 ? Optional.of(query.onPage(query.page() - 1).link()) : Optional.empty();
  }

  public Optional<String> older() {
    return query.page() * ROWS < count
        ? Optional.of(query.onPage(query.page() + 1).link())
        : Optional.empty();
  }
}
