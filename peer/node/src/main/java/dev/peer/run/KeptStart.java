package dev.peer.run;

import dev.peer.core.flow.KeptPlan;
import dev.peer.core.flow.Lineage;
import dev.peer.vm.snapshot.DiskHistory;
import dev.peer.vm.snapshot.DiskName;
import dev.peer.vm.snapshot.KeptCaches;
import java.util.List;
import java.util.Optional;

/**
 * What a run starts from if it takes nothing of another peer.
 *
 * @param here the kept disk; empty: a blank one
 */
record KeptStart(Lineage lineage, DiskName name, KeptPlan plan, Optional<DiskHistory> here) {

  /**
   * Of a run.
   *
   * @param kept the disks of that name
   */
  static KeptStart of(Lineage lineage, DiskName name, List<DiskHistory> kept) {
    KeptPlan plan = lineage.plan(kept.stream().map(DiskHistory::made).toList());
    return new KeptStart(
        lineage,
        name,
        plan,
        plan.disk()
            .flatMap(made -> kept.stream().filter(disk -> disk.made().equals(made)).findFirst()));
  }

  /**
   * Whether the run may start from a runtime instead: one that it would prefer to a blank disk, or
   * to a disk of an earlier commit, from which the caches that do not move would be lost.
   */
  boolean mayTake() {
    return !lineage.admitsAny()
        && plan.unknown().isEmpty()
        && (here.isEmpty() || isReplaceable(here.get()));
  }

  private boolean isReplaceable(DiskHistory disk) {
    return disk.caches().isPresent()
        && !disk.caches().get().others()
        && disk.preparation().isPresent()
        && !disk.made().commits().getLast().equals(lineage.revision());
  }

  /** Whether the run would lose caches that do not move, if it took another peer's runtime. */
  boolean losesCaches() {
    return !lineage.admitsAny()
        && here.flatMap(DiskHistory::caches).filter(KeptCaches::others).isPresent();
  }
}
