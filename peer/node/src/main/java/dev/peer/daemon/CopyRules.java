package dev.peer.daemon;

import dev.peer.core.id.PeerId;
import dev.peer.wire.RuntimesKey;

/**
 * Which copies a daemon makes at all.
 *
 * @param self this peer, which it does not copy from
 * @param kept what it has already, or does not want
 * @param shunned the peers that sent bad results
 * @param budget the bytes that copies in progress may take
 */
record CopyRules(PeerId self, KeptResults kept, PeerBackoff shunned, ByteBudget budget) {

  /** Whether this peer is asked for a copy. */
  boolean allow(PeerId peer) {
    return !peer.equals(self) && !shunned.contains(peer);
  }

  /** Whether a copy of this result is made. */
  boolean wants(ResultName name) {
    return !kept.holds(name) && !kept.isDeclined(name) && !isOfRuntimes(name);
  }

  /** Prepared runtimes are announced as a result, and are none. */
  private boolean isOfRuntimes(ResultName name) {
    return kept.images(name.repo()).stream()
        .anyMatch(image -> RuntimesKey.of(name.repo(), image).equals(name.key()));
  }
}
