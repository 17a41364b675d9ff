package dev.peer.core.find;

import dev.peer.core.id.CommitId;
import dev.peer.core.record.KeptOrigin;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** Checks a signer's claims about commits in a clone's own history. */
@FunctionalInterface
public interface ClaimedHistory {

  /** There is no clone to look in. */
  ClaimedHistory UNKNOWN = (_, _) -> Set.of();

  /**
   * Finds the commits that this clone has, and that are not where the claim puts them. Leaves out
   * what it cannot tell: a history can be cut off, or the trunk unknown.
   *
   * @param claimed where all of them are said to be: {@link KeptOrigin#TRUNK}, on the trunk; {@link
   *     KeptOrigin#HISTORY}, there or among the revision's ancestors
   */
  Set<CommitId> strangers(KeptOrigin claimed, List<CommitId> commits) throws IOException;
}
