package dev.peer.core.flow;

import dev.peer.core.id.PeerId;
import java.net.URI;
import java.util.List;

/**
 * A peer that is said to hold a result, or to be at a run.
 *
 * @param id who must answer at the addresses
 * @param addresses {@code https://host:port}, the best first
 * @param relays {@code https://host:port/instance}, through which it can be reached where none of
 *     the addresses leads to it, the best first
 */
public record Holder(PeerId id, List<URI> addresses, List<URI> relays) {

  /** One that is at no relay. */
  public Holder(PeerId id, List<URI> addresses) {
    this(id, addresses, List.of());
  }

  /** Copies the addresses. */
  public Holder {
    addresses = List.copyOf(addresses);
    relays = List.copyOf(relays);
  }
}
