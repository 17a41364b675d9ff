package dev.peer.source;

import dev.peer.core.find.ClaimedHistory;
import dev.peer.core.id.CommitId;
import dev.peer.core.record.KeptOrigin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;

/**
 * Checks signers' claims about commits against this clone: its trunk's history and a revision's.
 * Reads only commits, and no further back than the claims.
 */
public final class CloneHistory implements ClaimedHistory {

  private final Repository git;
  private final TrunkHistory trunk;
  private final CommitId revision;

  /** The history of this revision, and of the trunk, in a repository that stays open. */
  public CloneHistory(GitRepository repository, TrunkHistory trunk, CommitId revision) {
    this.git = repository.repository();
    this.trunk = trunk;
    this.revision = revision;
  }

  @Override
  public Set<CommitId> strangers(KeptOrigin claimed, List<CommitId> commits) throws IOException {
    return switch (claimed) {
      case BLANK, LAYERS, ANY -> Set.of();
      case TRUNK, HISTORY -> notReached(claimed, commits);
    };
  }

  private Set<CommitId> notReached(KeptOrigin claimed, List<CommitId> commits) throws IOException {
    Optional<ObjectId> newest = trunk.newest();
    if (newest.isEmpty()) {
      return Set.of();
    }
    List<ObjectId> from = new ArrayList<>(List.of(newest.get()));
    if (claimed == KeptOrigin.HISTORY) {
      from.add(ObjectId.fromString(revision.hex()));
    }
    try (RevWalk walk = new RevWalk(git)) {
      walk.setRetainBody(false);
      Map<RevCommit, CommitId> sought = known(walk, commits);
      return sought.isEmpty() || find(walk, from, sought) ? Set.of() : Set.copyOf(sought.values());
    } catch (MissingObjectException e) {
      // The clone holds a part of the history: the rest is unknown.
      return Set.of();
    }
  }

  private static Map<RevCommit, CommitId> known(RevWalk walk, List<CommitId> commits)
      throws IOException {
    Map<RevCommit, CommitId> known = new HashMap<>();
    for (CommitId commit : commits) {
      try {
        known.put(walk.parseCommit(ObjectId.fromString(commit.hex())), commit);
      } catch (MissingObjectException | IncorrectObjectTypeException e) {
        // This clone does not have the commit: the signer's word stands.
        continue;
      }
    }
    return known;
  }

  /**
   * Walks back and removes the commits that it reaches.
   *
   * @return whether nothing is known of the remaining ones
   */
  private boolean find(RevWalk walk, List<ObjectId> from, Map<RevCommit, CommitId> sought)
      throws IOException {
    for (ObjectId tip : from) {
      walk.markStart(walk.parseCommit(tip));
    }
    int oldest = sought.keySet().stream().mapToInt(RevCommit::getCommitTime).min().orElseThrow();
    Set<ObjectId> shallow = git.getObjectDatabase().getShallowCommits();
    boolean cut = false;
    for (int looked = 0; looked < CommonHistory.MOST; looked++) {
      RevCommit commit = walk.next();
      if (commit == null || commit.getCommitTime() < oldest - CommonHistory.SKEW) {
        return cut;
      }
      cut |= shallow.contains(commit);
      sought.remove(commit);
      if (sought.isEmpty()) {
        return true;
      }
    }
    return true;
  }
}
