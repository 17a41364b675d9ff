package dev.peer.run;

import dev.peer.network.RuntimeMakers;
import dev.peer.network.RuntimeSource;
import java.time.Duration;
import java.util.Optional;

/**
 * The other peers, as a run sees them that may start from what they prepared.
 *
 * @param source where finished runtimes come from
 * @param waits how the run and its peers avoid making the same one twice; empty: it neither waits
 *     nor is waited for
 */
public record RuntimePeers(RuntimeSource source, Optional<Wait> waits) {

  /**
   * Runtimes in the making.
   *
   * @param longest how long the run waits for one at most
   * @param announced whether what the run prepares becomes a runtime, for which others may wait
   */
  public record Wait(RuntimeMakers makers, Duration longest, boolean announced) {}

  /** Tells the peers that wait for what the run prepares whether there is a runtime now. */
  void endMaking() {
    waits.ifPresent(one -> one.makers().end());
  }
}
