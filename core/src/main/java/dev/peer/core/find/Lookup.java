package dev.peer.core.find;

import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;

/** Asks a rendezvous for the holders of a run's result. */
@FunctionalInterface
public interface Lookup {

  /** Reports network failures as {@link LookupResult.Unavailable}, never as an exception. */
  LookupResult find(RepoId repo, RunKey key) throws InterruptedException;

  /**
   * Tells the rendezvous that named a holder that the holder failed. Returns at once, without
   * knowing whether the report arrives.
   */
  default void report(RepoId repo, RunKey key, PeerId holder, FetchException.Fault fault) {}
}
