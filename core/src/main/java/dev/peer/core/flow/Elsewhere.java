package dev.peer.core.flow;

import java.util.List;

/**
 * A rendezvous' answer about a run without a result. Nothing of it is verified, and none of it
 * counts as a pass.
 *
 * @param known whether a rendezvous answered
 * @param running the peers that run it now, in the order in which they started
 * @param failed where it failed lately
 */
public record Elsewhere(boolean known, List<Holder> running, List<LookupResult.Failure> failed) {

  /** Nothing is known. */
  static final Elsewhere UNKNOWN = new Elsewhere(false, List.of(), List.of());

  /** Copies the lists. */
  public Elsewhere {
    running = List.copyOf(running);
    failed = List.copyOf(failed);
  }
}
