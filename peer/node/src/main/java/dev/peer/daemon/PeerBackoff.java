package dev.peer.daemon;

import dev.peer.core.id.PeerId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.function.LongSupplier;

/** Peers that sent bad results, and are not asked for a while. */
final class PeerBackoff {

  private static final Duration FOR_A_WHILE = Duration.ofMinutes(10);
  private static final int MOST = 1_000;

  private final LongSupplier nanoClock;
  private final SequencedMap<PeerId, Long> until = new LinkedHashMap<>();

  PeerBackoff(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** It is not asked from now on. Says for how long. */
  synchronized Duration add(PeerId peer) {
    until.putLast(peer, nanoClock.getAsLong() + FOR_A_WHILE.toNanos());
    if (until.size() > MOST) {
      until.pollFirstEntry();
    }
    return FOR_A_WHILE;
  }

  synchronized boolean contains(PeerId peer) {
    until.values().removeIf(time -> time - nanoClock.getAsLong() < 0);
    return until.containsKey(peer);
  }
}
