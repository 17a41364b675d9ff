package dev.peer.pages;

import dev.peer.core.id.PeerId;
import dev.peer.core.progress.TimeSpans;
import dev.peer.wire.RelayStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/**
 * What a relay shows.
 *
 * @param registered the processes that are registered
 */
public record RelayView(RelayStatus status, AnnouncementView.Rows<Row> registered) {

  /**
   * A process of a peer.
   *
   * @param since when it registered
   * @param ago how long ago, for people
   */
  public record Row(String peer, Instant since, String ago) {}

  /**
   * A process that is registered.
   *
   * @param since when it registered
   */
  public record Entry(PeerId peer, Instant since) {}

  /** Makes the page. */
  public static RelayView of(RelayStatus status, List<Entry> registered) {
    Instant now = Instant.now();
    return new RelayView(
        status,
        AnnouncementView.Rows.of(
            registered.stream()
                .map(
                    process ->
                        new Row(
                            process.peer().text(),
                            process.since(),
                            TimeSpans.ago(Duration.between(process.since(), now))))
                .sorted(Comparator.comparing(Row::peer).thenComparing(Row::since))
                .toList()));
  }

  /** How many bytes it has passed on, for people. */
  public String bytes() {
    return Sizes.text(status.bytes());
  }
}
