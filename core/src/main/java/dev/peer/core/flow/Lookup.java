package dev.peer.core.flow;

import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;

/** Asks who holds the result of a run. */
@FunctionalInterface
public interface Lookup {

  /** Never throws for what the network does: that is {@link LookupResult.Unavailable}. */
  LookupResult find(RepoId repo, RunKey key) throws InterruptedException;

  /**
   * Tells whoever named a holder that it did not bear it out. Returns at once, and whether it gets
   * there is not known.
   */
  default void report(RepoId repo, RunKey key, PeerId holder, FetchException.Fault fault) {}
}
