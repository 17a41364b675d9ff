package dev.peer.vm.snapshot;

import dev.peer.core.id.RepoId;
import dev.peer.core.sign.VerificationException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The kept disks that runs may start from.
 *
 * @param judge says which disks count that another peer prepared; empty: none is used
 */
record UsableDisks(DiskEntries entries, DiskRetention retention, Optional<VoucherJudge> judge) {

  /**
   * Those of one name, the last used first. What they are made of names the runtimes that they came
   * from, as their vouchers say. The others are dropped, unless only the judge is missing.
   */
  List<DiskEntry> of(DiskName name) throws IOException {
    return of(name, retention::remove);
  }

  /** Those that {@link #of(DiskName)} would give now. Drops none. */
  List<DiskEntry> foreseen(DiskName name) throws IOException {
    return of(name, (_, _) -> {});
  }

  /** What happens to a disk that must not be used. */
  @FunctionalInterface
  private interface Refusal {

    void of(DiskEntry entry, String why) throws IOException;
  }

  private List<DiskEntry> of(DiskName name, Refusal refusal) throws IOException {
    List<DiskEntry> usable = new ArrayList<>();
    for (DiskEntry entry : entries.in(entries.parent(name))) {
      Optional<String> unusable = retention.unusable(entry);
      Optional<Voucher> voucher = entry.runtimeFiles().voucher();
      if (unusable.isPresent()) {
        refusal.of(entry, unusable.get());
      } else if (voucher.isEmpty()) {
        usable.add(entry);
      } else if (judge.isPresent()) {
        try {
          usable.add(entry.outOf(judge.get().verify(vouched(entry), voucher.get())));
        } catch (VerificationException e) {
          refusal.of(entry, "another peer prepared it, and " + e.getMessage());
        }
      }
    }
    return usable;
  }

  /**
   * A disk came from another peer as one of its repository, or of the layers that it began with.
   */
  private static Set<RepoId> vouched(DiskEntry entry) {
    Set<RepoId> repos = new HashSet<>();
    repos.add(entry.name().repo());
    entry.history().made().layers().map(RepoId::ofLayers).ifPresent(repos::add);
    return repos;
  }
}
