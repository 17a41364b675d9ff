package dev.peer.core.find;

import java.util.List;

/**
 * A rendezvous' answer about a run without a result. Nothing of it is verified, and none of it
 * counts as a pass.
 *
 * @param known whether a rendezvous answered
 * @param running the peers that run it now, in the order in which they started
 * @param failed where it failed lately
 */
public record RemoteRuns(boolean known, List<Holder> running, List<LookupResult.Failure> failed) {

  /** Nothing is known. */
  public static final RemoteRuns UNKNOWN = new RemoteRuns(false, List.of(), List.of());

  /** Copies the lists. */
  public RemoteRuns {
    running = List.copyOf(running);
    failed = List.copyOf(failed);
  }
}
