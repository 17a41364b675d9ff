package dev.peer.pages;

import dev.peer.core.id.PeerId;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The hits that peers told a rendezvous of, on its page.
 *
 * @param total what they add up to, for people
 * @param rows the peers that told them, those with the most first
 */
public record ToldHits(String total, HitChart chart, AnnouncementView.Rows<Row> rows) {

  /**
   * The hits of one peer at one holder, as that peer says.
   *
   * @param saved how much time they saved, for people
   */
  public record Row(String by, String holder, int count, String saved) {}

  private record Pair(PeerId by, PeerId holder) {}

  static ToldHits of(List<ToldHit> hits) {
    return new ToldHits(
        HitChart.count(hits.size()) + " saved " + saved(hits),
        HitChart.told(hits, Instant.now()),
        AnnouncementView.Rows.of(
            hits.stream()
                .collect(Collectors.groupingBy(hit -> new Pair(hit.by(), hit.holder())))
                .entrySet()
                .stream()
                .map(ToldHits::row)
                .sorted(
                    Comparator.comparingInt(Row::count)
                        .reversed()
                        .thenComparing(Row::by)
                        .thenComparing(Row::holder))
                .toList()));
  }

  private static Row row(Map.Entry<Pair, List<ToldHit>> told) {
    return new Row(
        told.getKey().by().text(),
        told.getKey().holder().text(),
        told.getValue().size(),
        saved(told.getValue()));
  }

  private static String saved(List<ToldHit> hits) {
    return HitChart.length(hits.stream().map(ToldHit::saved).reduce(Duration.ZERO, Duration::plus));
  }
}
