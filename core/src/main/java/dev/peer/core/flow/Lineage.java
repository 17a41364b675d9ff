package dev.peer.core.flow;

import dev.peer.core.id.CommitId;
import dev.peer.core.record.KeptOrigin;
import dev.peer.core.record.StartedFrom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A revision, its history, and how far down that history disks may come from.
 *
 * <p>A preparation is root in its guest, so what it leaves on a disk is code of its revision in
 * every run that starts from that disk. A disk is made by a commit and by that commit's ancestors,
 * unless its origin is {@link KeptOrigin#ANY}; so its last commit says whether it is the revision's
 * own history, and whether the trunk has all of it.
 */
public final class Lineage {

  private final CommitId revision;
  private final KeptOrigin widest;
  private final Ancestry ancestry;

  /**
   * The lineage of a revision.
   *
   * @param widest the origin that a disk may have at most: the trunk, the history or any
   */
  public Lineage(CommitId revision, KeptOrigin widest, Ancestry ancestry) {
    if (widest.within(KeptOrigin.LAYERS)) {
      throw new IllegalArgumentException("trunk, history or any expected: " + widest);
    }
    this.revision = revision;
    this.widest = widest;
    this.ancestry = ancestry;
  }

  /** The revision's commit. */
  public CommitId revision() {
    return revision;
  }

  /** Whether a run may start from a disk whose commits are unknown. */
  public boolean admitsAny() {
    return widest == KeptOrigin.ANY;
  }

  /**
   * Decides how the revision's run uses kept disks.
   *
   * @param kept how the disks are made that there are, the last used first
   */
  public KeptPlan plan(List<StartedFrom> kept) {
    return admitsAny() ? planOfAny(kept) : planOfHistory(kept);
  }

  private static KeptPlan planOfAny(List<StartedFrom> kept) {
    Optional<StartedFrom> last = kept.stream().findFirst();
    return new KeptPlan(
        last,
        last.map(disk -> disk.as(KeptOrigin.ANY)).orElse(StartedFrom.BLANK),
        Optional.of(KeptOrigin.ANY),
        Optional.empty(),
        "");
  }

  private KeptPlan planOfHistory(List<StartedFrom> kept) {
    Map<CommitId, StartedFrom> disks = new HashMap<>();
    for (StartedFrom disk : kept) {
      if (disk.origin() != KeptOrigin.ANY) {
        disks.putIfAbsent(disk.commits().getLast(), disk);
      }
    }
    HistoryPosition standing = ancestry.standing(revision, disks.keySet());
    Optional<KeptOrigin> left =
        standing.onTrunk()
            ? Optional.of(KeptOrigin.TRUNK)
            : Optional.of(widest).filter(origin -> origin == KeptOrigin.HISTORY);
    Optional<CommitId> chosen =
        widest == KeptOrigin.HISTORY ? standing.nearest() : standing.nearestOnTrunk();
    if (chosen.isEmpty()) {
      return new KeptPlan(
          Optional.empty(),
          StartedFrom.BLANK,
          left,
          standing.base().filter(_ -> !standing.onTrunk()),
          standing.unknown());
    }
    StartedFrom disk = disks.get(chosen.get());
    KeptOrigin origin =
        chosen.equals(standing.nearestOnTrunk()) ? KeptOrigin.TRUNK : KeptOrigin.HISTORY;
    return new KeptPlan(Optional.of(disk), disk.as(origin), left, Optional.empty(), "");
  }
}
