package dev.peer.core.find;

import dev.peer.core.id.PeerId;
import dev.peer.core.id.RunKey;
import dev.peer.core.sign.Attestation;
import java.util.Set;

/** Fetches the evidence for results from their holders. What it returns is untrusted. */
@FunctionalInterface
public interface Attestations {

  /** The holder's attestation for the run. */
  Attestation attestation(Holder holder, RunKey key) throws FetchException, InterruptedException;

  /**
   * The servers that led to the holder's answer: the rendezvous that named it, and the relays that
   * passed it on. Each could have forged it.
   */
  default Set<PeerId> servers(Holder holder) {
    return holder.namedBy().map(Set::of).orElse(Set.of());
  }
}
