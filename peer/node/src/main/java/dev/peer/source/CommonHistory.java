package dev.peer.source;

import dev.peer.core.flow.HistoryPosition;
import dev.peer.core.id.CommitId;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevFlag;
import org.eclipse.jgit.revwalk.RevWalk;

/**
 * Looks at the histories of a revision and of the trunk together, the newest commits first, and no
 * further back than the question needs. Only commits are read, so that a clone without trees and
 * files will do.
 */
final class CommonHistory {

  /** How many commits are looked at, at most: a second or two. */
  static final int MOST = 200_000;

  /** Seconds by which committers' clocks may differ. */
  static final int SKEW = 86_400;

  private final RevWalk walk;
  private final Set<ObjectId> shallow;
  private final RevFlag ofRevision;
  private final RevFlag ofTrunk;
  private final PriorityQueue<RevCommit> queue =
      new PriorityQueue<>(Comparator.comparingInt(RevCommit::getCommitTime).reversed());
  private final Set<RevCommit> asked = new HashSet<>();
  private int oldestAsked = Integer.MAX_VALUE;
  private boolean cut;
  private RevCommit revision;
  private RevCommit base;
  private RevCommit nearest;
  private RevCommit nearestOnTrunk;

  /**
   * For one question.
   *
   * @param shallow the commits at which this clone is cut off
   */
  CommonHistory(RevWalk walk, Set<ObjectId> shallow) {
    this.walk = walk;
    this.shallow = shallow;
    this.ofRevision = walk.newFlag("revision");
    this.ofTrunk = walk.newFlag("trunk");
  }

  /**
   * Answers it.
   *
   * @param trunk the newest commit of the trunk, where it is known
   * @param said the trunk's name, or why it is unknown
   */
  HistoryPosition standing(
      CommitId commit, Optional<ObjectId> trunk, Set<CommitId> among, String said)
      throws IOException {
    revision = walk.parseCommit(ObjectId.fromString(commit.hex()));
    begin(revision, ofRevision);
    if (trunk.isPresent()) {
      begin(walk.parseCommit(trunk.get()), ofTrunk);
    }
    for (CommitId one : among) {
      ask(one);
    }
    boolean whole = look(trunk.isPresent());
    boolean onTrunk = revision.has(ofTrunk);
    return new HistoryPosition(
        onTrunk,
        id(onTrunk ? revision : base),
        id(nearest),
        id(nearestOnTrunk),
        trunk.isEmpty() ? said : unknown(whole, !among.isEmpty(), said));
  }

  private void begin(RevCommit commit, RevFlag flag) {
    commit.add(flag);
    queue.add(commit);
  }

  /** A commit that is not in this clone is in no history here. */
  private void ask(CommitId commit) throws IOException {
    try {
      RevCommit known = walk.parseCommit(ObjectId.fromString(commit.hex()));
      asked.add(known);
      oldestAsked = Math.min(oldestAsked, known.getCommitTime());
    } catch (MissingObjectException | IncorrectObjectTypeException e) {
      cut |= !shallow.isEmpty();
    }
  }

  /** Looks back; whether that came to its end. */
  private boolean look(boolean trunkIsKnown) throws IOException {
    int looked = 0;
    while (!queue.isEmpty() && !isAnswered(queue.peek(), trunkIsKnown)) {
      if (looked++ == MOST) {
        return false;
      }
      RevCommit commit = queue.poll();
      see(commit);
      cut |= shallow.contains(commit);
      for (RevCommit parent : commit.getParents()) {
        pass(commit, parent);
      }
    }
    return true;
  }

  /** Whether no commit from this time back can change the answer. */
  private boolean isAnswered(RevCommit next, boolean trunkIsKnown) {
    if (!trunkIsKnown) {
      return nearest != null || isBefore(next, oldestAsked);
    }
    boolean standingIsKnown =
        revision.has(ofTrunk) || (base != null && isBefore(next, revision.getCommitTime()));
    boolean nearestIsKnown =
        nearestOnTrunk != null || (base != null && isBefore(next, oldestAsked));
    return standingIsKnown && nearestIsKnown;
  }

  private static boolean isBefore(RevCommit commit, int time) {
    return time == Integer.MAX_VALUE || commit.getCommitTime() < time - SKEW;
  }

  private void see(RevCommit commit) {
    boolean common = commit.has(ofRevision) && commit.has(ofTrunk);
    if (common && base == null) {
      base = commit;
    }
    if (commit.has(ofRevision) && asked.contains(commit)) {
      nearest = nearest == null ? commit : nearest;
      nearestOnTrunk = common && nearestOnTrunk == null ? commit : nearestOnTrunk;
    }
  }

  private void pass(RevCommit commit, RevCommit parent) throws IOException {
    boolean revisionGrew = pass(commit, parent, ofRevision);
    boolean trunkGrew = pass(commit, parent, ofTrunk);
    if (revisionGrew || trunkGrew) {
      try {
        walk.parseHeaders(parent);
        queue.add(parent);
      } catch (MissingObjectException e) {
        cut = true;
      }
    }
  }

  private static boolean pass(RevCommit commit, RevCommit parent, RevFlag flag) {
    boolean grown = commit.has(flag) && !parent.has(flag);
    if (grown) {
      parent.add(flag);
    }
    return grown;
  }

  private String unknown(boolean whole, boolean someAsked, String trunk) {
    if (base == null) {
      if (cut) {
        return "this clone is too shallow to tell where the revision leaves the trunk "
            + trunk
            + ": `git fetch --unshallow --filter=blob:none` gets the history";
      }
      return whole
          ? "the revision has no commit in common with the trunk " + trunk
          : "the revision left the trunk " + trunk + " more than " + MOST + " commits ago";
    }
    return someAsked && nearestOnTrunk == null && cut
        ? "this clone is too shallow to tell which kept disks are of this revision's history: `git"
            + " fetch --unshallow --filter=blob:none` gets it"
        : "";
  }

  private static Optional<CommitId> id(RevCommit commit) {
    return Optional.ofNullable(commit).map(found -> new CommitId(found.name()));
  }
}
