package dev.peer.schedule;

import dev.peer.core.id.CommitId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A watched repository at one moment.
 *
 * @param commit the one that was seen last
 * @param trouble why it cannot be watched; empty: it can
 * @param crontab each line that is in force, with its time zone and when it is due next
 * @param faults the errors of invalid lines
 */
public record WatchStatus(
    Path directory,
    Optional<CommitId> commit,
    String trouble,
    List<String> crontab,
    List<String> faults) {

  /** Copies the lists. */
  public WatchStatus {
    crontab = List.copyOf(crontab);
    faults = List.copyOf(faults);
  }
}
