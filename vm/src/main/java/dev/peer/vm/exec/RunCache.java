package dev.peer.vm.exec;

import dev.peer.core.flow.CacheUse;
import dev.peer.core.flow.KeptPlan;
import dev.peer.core.flow.Lineage;
import dev.peer.core.id.CommitId;
import dev.peer.core.id.Digest;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.record.KeptOrigin;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.Preparation;
import dev.peer.core.record.SharedCaches;
import dev.peer.core.record.StartedFrom;
import dev.peer.vm.snapshot.DiskHistory;
import dev.peer.vm.snapshot.DiskName;
import dev.peer.vm.snapshot.KeptCaches;
import dev.peer.vm.snapshot.KeptDisk;
import dev.peer.vm.snapshot.RepositoryDisks;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What one run uses of its repository's caches, and what it leaves there. */
final class RunCache implements AutoCloseable {

  private final RepositoryDisks disks;
  private final DiskName name;
  private final Optional<NextDisk> next;
  private Optional<KeptDisk> base;
  private StartedFrom startedFrom;
  private volatile Following following;

  /** The disk that the next run probably starts from; one that is made of nothing is blank. */
  private record Following(DiskName name, StartedFrom made) {}

  /** The commit that leaves a disk, and the origin of its own part. */
  private record NextDisk(CommitId revision, KeptOrigin origin) {}

  private RunCache(
      RepositoryDisks disks,
      DiskName name,
      Optional<NextDisk> next,
      Optional<KeptDisk> base,
      StartedFrom startedFrom) {
    this.disks = disks;
    this.name = name;
    this.next = next;
    this.base = base;
    this.startedFrom = startedFrom;
    this.following =
        base.map(disk -> new Following(disk.name(), disk.history().made()))
            .orElse(new Following(name, StartedFrom.BLANK));
  }

  static RunCache open(
      RepositoryDisks disks, DiskName name, CacheUse use, ExecutionListener listener)
      throws IOException {
    return switch (use) {
      case CacheUse.Kept kept -> kept(disks, name, kept, listener);
      case CacheUse.Renewed(Lineage lineage) -> {
        disks.drop(name.repo(), "a run was asked to begin without it");
        yield blank(disks, name, next(lineage, lineage.plan(List.of())));
      }
      case CacheUse.None _ -> blank(disks, name, Optional.empty());
    };
  }

  private static RunCache kept(
      RepositoryDisks disks, DiskName name, CacheUse.Kept use, ExecutionListener listener)
      throws IOException {
    Lineage lineage = use.lineage();
    if (!lineage.admitsAny()) {
      disks.dropUnknown(
          name,
          "it does not say which commits made it (peer 0.5 kept it), and may be any branch's");
    }
    KeptPlan plan = lineage.plan(disks.made(name));
    Optional<NextDisk> next = next(lineage, plan);
    if (!plan.unknown().isEmpty()) {
      String start = use.layers().isPresent() ? "common layers" : "a blank disk";
      listener.note("starting from " + start + ": " + plan.unknown());
    }
    if (plan.disk().isPresent()) {
      boolean branch = !plan.left().equals(Optional.of(plan.disk().get().origin()));
      Optional<KeptDisk> base = disks.find(name, plan.disk().get(), branch);
      if (base.isPresent()) {
        return new RunCache(disks, name, next, base, plan.startedFrom());
      }
    }
    return use.layers().isPresent()
        ? ofLayers(disks, name, next, use.layers().get())
        : blank(disks, name, next);
  }

  private static RunCache ofLayers(
      RepositoryDisks disks, DiskName name, Optional<NextDisk> next, Digest layers)
      throws IOException {
    DiskName common = name.ofLayers(layers);
    for (StartedFrom made : disks.made(common)) {
      Optional<KeptDisk> base = disks.find(common, made, false);
      if (base.isPresent()) {
        return new RunCache(disks, name, next, base, StartedFrom.ofLayers(layers, made.runtimes()));
      }
    }
    return blank(disks, name, next);
  }

  private static RunCache blank(RepositoryDisks disks, DiskName name, Optional<NextDisk> next) {
    return new RunCache(disks, name, next, Optional.empty(), StartedFrom.BLANK);
  }

  private static Optional<NextDisk> next(Lineage lineage, KeptPlan plan) {
    return plan.left().map(origin -> new NextDisk(lineage.revision(), origin));
  }

  /** The disk to begin with. */
  Optional<Path> base() {
    return base.map(KeptDisk::file);
  }

  /** The disk that the run starts from. */
  StartedFrom startedFrom() {
    return startedFrom;
  }

  /** Whether the run may leave a disk. */
  boolean keeps() {
    return next.isPresent() && startedFrom.commits().size() < StartedFrom.MOST_COMMITS;
  }

  /**
   * Whether the run may leave a disk, and its preparation changed what is kept, or which caches
   * other peers get.
   *
   * @param prepared what the guest says of the preparation
   */
  boolean keeps(Map<String, String> prepared) {
    return keeps() && (prepared.containsKey("keep") || sharesOthers(prepared));
  }

  private boolean sharesOthers(Map<String, String> prepared) {
    Optional<KeptCaches> now = caches(prepared);
    return base.isPresent()
        && now.isPresent()
        && !now.get().shared().equals(base.get().history().sharedCaches());
  }

  /** Unknown where an older guest image does not say it, or a guest says nonsense. */
  private static Optional<KeptCaches> caches(Map<String, String> prepared) {
    if (!prepared.containsKey("unshared-caches")) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new KeptCaches(
              SharedCaches.parse(prepared.getOrDefault("shared-caches", "")),
              !prepared.get("unshared-caches").equals("no")));
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }

  /** Gives up the disk to begin with: no machine came up with it. */
  void dropBase() throws IOException {
    close();
    if (base.isPresent()) {
      disks.drop(base.get(), "no machine came up with it");
    }
    base = Optional.empty();
    startedFrom = StartedFrom.BLANK;
    following = new Following(name, StartedFrom.BLANK);
  }

  /**
   * Keeps a layer that needs no base any more, for later runs.
   *
   * @param prepared what the guest says of the preparation
   */
  void keep(Path layer, Instant begun, Preparation preparation, Map<String, String> prepared)
      throws IOException {
    // The machine has ended: the disk that it started from may go.
    close();
    StartedFrom made = made(next.orElseThrow());
    disks.keep(
        name,
        layer,
        new DiskHistory(
            made, base.map(KeptDisk::begun).orElse(begun), together(preparation), caches(prepared)),
        base);
    following = new Following(name, made);
  }

  /**
   * The disk that the next run probably starts from, held: the one that this run left, else the one
   * that it started from. Empty: a blank one.
   */
  Optional<KeptDisk> following() throws IOException {
    Following now = following;
    return now.made().equals(StartedFrom.BLANK)
        ? Optional.empty()
        : disks.silent().find(now.name(), now.made(), false);
  }

  /** The time of all preparations; unknown if one is. */
  private Optional<Preparation> together(Preparation last) {
    return base.isEmpty()
        ? Optional.of(last)
        : base.get()
            .history()
            .preparation()
            .map(before -> new Preparation(last.network(), last.log(), sum(before, last)));
  }

  /** Another peer may have stated the longest time there is. */
  private static Duration sum(Preparation before, Preparation last) {
    Duration sum = before.took().plus(last.took());
    return sum.compareTo(Preparation.LONGEST) > 0 ? Preparation.LONGEST : sum;
  }

  private StartedFrom made(NextDisk by) {
    List<CommitId> commits = new ArrayList<>(startedFrom.commits());
    commits.remove(by.revision());
    commits.add(by.revision());
    KeptOrigin origin =
        by.origin().within(startedFrom.origin()) ? startedFrom.origin() : by.origin();
    return new StartedFrom(origin, commits, startedFrom.runtimes(), startedFrom.layers());
  }

  @Override
  public void close() throws IOException {
    if (base.isPresent()) {
      base.get().close();
    }
  }
}
