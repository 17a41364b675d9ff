package dev.peer.core.store;

import java.util.Optional;

/**
 * What a result was good for on this machine, as far as {@link HitLog} and {@link SentLog} know.
 *
 * @param hits how often it was taken here instead of a run
 * @param sent how often all of it was sent to another peer, which knows whether that was a hit
 */
public record ResultUse(HitSum hits, int sent) {

  /** Reads the use of an open result. */
  public static ResultUse of(StoredRecord record) {
    return new ResultUse(HitSum.of(HitLog.of(record)), SentLog.of(record).size());
  }

  /** Reads the use of a result in the store; none if it has just been removed. */
  public static ResultUse of(StoredEntry entry) {
    return new ResultUse(HitSum.of(HitLog.of(entry)), SentLog.of(entry).size());
  }

  /** How often it was sent, for people. Empty: never. */
  public Optional<String> sentText() {
    return sent > 0
        ? Optional.of(sent + (sent == 1 ? " time" : " times") + " to other peers")
        : Optional.empty();
  }
}
