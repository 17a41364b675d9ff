package dev.peer.vm.snapshot;

import dev.peer.core.scratch.ScratchDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Decides which kept disks go, drops them, and notes why. A disk that is in use stays. */
final class DiskRetention {

  private static final Duration REMEMBERED = Duration.ofDays(30);

  /** A disk is a few times as large as its compressed runtime. */
  private static final int SHARE = 8;

  private final DiskEntries entries;
  private final CachePolicy policy;
  private final InstantSource clock;
  private final Consumer<String> notices;

  /**
   * Decides by a policy.
   *
   * @param notices takes a line for each disk that is dropped
   */
  DiskRetention(
      DiskEntries entries, CachePolicy policy, InstantSource clock, Consumer<String> notices) {
    this.entries = entries;
    this.policy = policy;
    this.clock = clock;
    this.notices = notices;
  }

  /** The same, which tells nobody. */
  DiskRetention silent() {
    return new DiskRetention(entries, policy, clock, _ -> {});
  }

  /** The recently dropped disks, the last first. */
  List<DiskRemoval> list() throws IOException {
    List<DiskRemoval> removals = new ArrayList<>();
    for (Path parent : entries.parents()) {
      DiskRemoval.read(DiskEntries.removal(parent)).ifPresent(removals::add);
    }
    removals.sort(Comparator.comparing(DiskRemoval::when).reversed());
    return removals;
  }

  /**
   * Drops the disks that the policy does not allow: first the copies, then the others, and of both
   * the least recently used first.
   */
  void enforcePolicy() throws IOException {
    List<DiskEntry> all = entries.all();
    long bytes = 0;
    for (DiskEntry entry : all) {
      bytes += entry.allBytes();
    }
    for (DiskEntry entry : firstToGo(all)) {
      Optional<String> unusable = unusable(entry);
      if (unusable.isEmpty() && bytes > policy.maxBytes()) {
        unusable =
            Optional.of(
                "all disks together took "
                    + bytes
                    + " bytes, PEER_CACHE_MAX_BYTES allows "
                    + policy.maxBytes());
      }
      long freed = entry.allBytes();
      if (unusable.isPresent() && remove(entry, unusable.get())) {
        bytes -= freed;
      }
    }
    for (Path parent : entries.parents()) {
      forgetOld(parent);
    }
  }

  private static List<DiskEntry> firstToGo(List<DiskEntry> lastUsedFirst) throws IOException {
    List<DiskEntry> copies = new ArrayList<>();
    List<DiskEntry> others = new ArrayList<>();
    for (DiskEntry entry : lastUsedFirst.reversed()) {
      (entry.isCopy() ? copies : others).add(entry);
    }
    copies.addAll(others);
    return copies;
  }

  private void forgetOld(Path parent) throws IOException {
    Optional<DiskRemoval> removal = DiskRemoval.read(DiskEntries.removal(parent));
    if (removal.isPresent()
        && removal.get().when().isBefore(clock.instant().minus(REMEMBERED))
        && entries.in(parent).isEmpty()) {
      ScratchDirectory.delete(parent);
    }
  }

  /** Why a disk may not be used, if it may not. */
  Optional<String> unusable(DiskEntry entry) throws IOException {
    // Its files would seem newer than those of a checkout now, and so made from them.
    if (entry.used().isAfter(clock.instant())) {
      return Optional.of("it was used at " + entry.used() + ", which is yet to come");
    }
    if (entry.history().begun().plus(policy.maxAge()).isBefore(clock.instant())) {
      return Optional.of(
          "it was begun at " + entry.history().begun() + ", longer ago than PEER_CACHE_MAX_AGE");
    }
    if (entry.bytes() > entry.name().bytes() / 2) {
      return Optional.of("it had filled more than half of PEER_DISK");
    }
    if (!entry.isAsItWas()) {
      return Optional.of("it was damaged or changed");
    }
    return Optional.empty();
  }

  /** Whether a disk and the runtime of so many bytes that it is made of would not go at once. */
  boolean admits(DiskHistory history, long bytes) {
    return !history.begun().plus(policy.maxAge()).isBefore(clock.instant())
        && bytes <= policy.maxBytes() / SHARE;
  }

  /** Whether as much could be kept as may be in use of a disk of this name. */
  boolean admitsFull(DiskName name) {
    return name.bytes() / 2 <= policy.maxBytes();
  }

  /** Drops a disk that nothing uses, and notes why. */
  boolean remove(DiskEntry entry, String why) throws IOException {
    if (!DiskEntries.removeUnlessUsed(entry.directory())) {
      return false;
    }
    DiskRemoval removal = new DiskRemoval(entry.name().repo(), clock.instant(), why);
    Path written = Files.createTempFile(entries.root(), "gone", "");
    Files.write(written, removal.json());
    Files.move(
        written,
        DiskEntries.removal(entry.directory().getParent()),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    notices.accept("the kept disk of " + entry.name().repo() + " was dropped: " + why);
    return true;
  }
}
