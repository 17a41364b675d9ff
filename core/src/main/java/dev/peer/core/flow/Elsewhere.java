package dev.peer.core.flow;

import java.util.List;

/**
 * What a rendezvous says of a run that nobody has a result of. Nothing of it is verified, and none
 * of it counts as a pass.
 *
 * @param known whether a rendezvous answered
 * @param running who runs it now, who began first being the first
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
