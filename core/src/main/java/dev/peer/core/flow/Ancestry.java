package dev.peer.core.flow;

import dev.peer.core.id.CommitId;
import java.util.Set;

/** Knows the history that a revision comes from, and its trunk's. */
@FunctionalInterface
public interface Ancestry {

  /**
   * Where the revision stands. What is said is true, and may be less than there is: a history may
   * be cut off, damaged, or too long to be looked through.
   *
   * @param asked commits, of any history
   */
  Standing standing(CommitId revision, Set<CommitId> asked);
}
