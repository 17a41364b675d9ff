package dev.peer.core.flow;

import dev.peer.core.id.PeerId;
import dev.peer.core.id.RunKey;
import dev.peer.core.sign.Attestation;
import java.util.Set;

/** Gets the evidence for results from their holders. What it hands on is untrusted. */
@FunctionalInterface
public interface Attestations {

  /** The holder's attestation for the run. */
  Attestation attestation(Holder holder, RunKey key) throws FetchException, InterruptedException;

  /**
   * The servers that led to what the holder gave: the rendezvous that names it, and the relays that
   * passed it on. Each could have made it up.
   */
  default Set<PeerId> servers(Holder holder) {
    return holder.namedBy().map(Set::of).orElse(Set.of());
  }
}
