package dev.peer.core.flow;

import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;

/** Asks who holds the result of a run. */
public interface Lookup {

  /** Never throws for what the network does: that is {@link LookupResult.Unavailable}. */
  LookupResult find(RepoId repo, RunKey key) throws InterruptedException;
}
