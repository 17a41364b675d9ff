package dev.peer.core.flow;

import dev.peer.core.id.CommitId;
import java.util.Set;

/** Knows the history that a revision comes from, and its trunk's. */
@FunctionalInterface
public interface Ancestry {

  /**
   * The revision's place in the history. Every answer is true but may be incomplete: a history can
   * be cut off, damaged, or too long to search.
   *
   * @param asked commits, of any history
   */
  HistoryPosition standing(CommitId revision, Set<CommitId> asked);
}
