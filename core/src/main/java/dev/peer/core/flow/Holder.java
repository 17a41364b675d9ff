package dev.peer.core.flow;

import dev.peer.core.id.PeerId;
import java.net.URI;
import java.util.List;

/**
 * A peer that is said to hold a result, or to be at a run.
 *
 * @param id who must answer at the addresses
 * @param addresses {@code https://host:port}, the best first
 */
public record Holder(PeerId id, List<URI> addresses) {

  /** Copies the addresses. */
  public Holder {
    addresses = List.copyOf(addresses);
  }
}
