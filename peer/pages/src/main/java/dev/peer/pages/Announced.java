package dev.peer.pages;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RunKey;
import dev.peer.wire.HolderList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What is announced of a repository.
 *
 * @param runs who holds the result of a run, runs it, or failed it
 * @param runtimes who holds, or prepares, a runtime that starts from a guest image
 */
public record Announced(
    Map<RunKey, List<HolderList.Entry>> runs, Map<Digest, List<HolderList.Entry>> runtimes) {

  /** Copies the maps. */
  public Announced {
    runs = Map.copyOf(runs);
    runtimes = Map.copyOf(runtimes);
  }

  /** One run. */
  static Announced of(RunKey run, List<HolderList.Entry> holders) {
    return new Announced(Map.of(run, holders), Map.of());
  }

  /** How many announcements these are. */
  int count() {
    return Stream.concat(runs.values().stream(), runtimes.values().stream())
        .mapToInt(List::size)
        .sum();
  }
}
