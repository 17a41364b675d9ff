package dev.peer.daemon;

import dev.peer.core.store.Removal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** Results that were removed to make room: to copy them again would only have them go again. */
final class RemovedResults {

  private static final int MOST = 20_000;

  private final SequencedMap<ResultName, Removal.Why> results = new LinkedHashMap<>();

  /**
   * Starts with the store's record.
   *
   * @param gone the latest first
   */
  RemovedResults(List<Removal> gone) {
    for (Removal one : gone.reversed()) {
      one.repository().ifPresent(repo -> add(new ResultName(repo, one.key()), one.why()));
    }
  }

  /** Another peer may have a copy that holds. */
  synchronized void add(ResultName name, Removal.Why why) {
    if (why == Removal.Why.REFUSED) {
      results.remove(name);
      return;
    }
    results.putLast(name, why);
    if (results.size() > MOST) {
      results.pollFirstEntry();
    }
  }

  /**
   * Whether it would have to go.
   *
   * @param full whether as many of its repository are kept as may be of one target
   */
  synchronized boolean contains(ResultName name, boolean full) {
    Removal.Why why = results.get(name);
    return why != null && (full || why != Removal.Why.NUMBER);
  }
}
