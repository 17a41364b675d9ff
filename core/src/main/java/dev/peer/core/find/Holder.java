package dev.peer.core.find;

import dev.peer.core.id.PeerId;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * A peer that is said to hold a result, or to be at a run.
 *
 * @param id the peer that must answer at the addresses
 * @param addresses {@code https://host:port}, the best first
 * @param relays {@code https://host:port/instance}, through which it can be reached where none of
 *     the addresses leads to it, the best first
 * @param namedBy the rendezvous that named it, by its certificate; empty: it was named here
 */
public record Holder(PeerId id, List<URI> addresses, List<URI> relays, Optional<PeerId> namedBy) {

  /** One that is named here. */
  public Holder(PeerId id, List<URI> addresses, List<URI> relays) {
    this(id, addresses, relays, Optional.empty());
  }

  /** One that is named here, and is at no relay. */
  public Holder(PeerId id, List<URI> addresses) {
    this(id, addresses, List.of());
  }

  /** The same holder, whichever rendezvous names it. */
  public Holder unnamed() {
    return new Holder(id, addresses, relays);
  }

  /** Copies the addresses. */
  public Holder {
    addresses = List.copyOf(addresses);
    relays = List.copyOf(relays);
  }
}
