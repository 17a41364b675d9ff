package dev.peer.vm.snapshot;

import dev.peer.core.record.KeptOrigin;
import dev.peer.core.record.Preparation;
import dev.peer.core.record.PreparedRuntime;
import dev.peer.core.record.RuntimeId;
import dev.peer.core.record.SharedCaches;
import dev.peer.core.record.StartedFrom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a kept disk has been through.
 *
 * @param made whose preparations wrote it; {@link StartedFrom#UNKNOWN}: peer 0.5 kept it
 * @param begun when it was blank
 * @param preparation how the last preparation went, if that is known
 * @param caches those on it, if that is known
 */
public record DiskHistory(
    StartedFrom made,
    Instant begun,
    Optional<Preparation> preparation,
    Optional<KeptCaches> caches) {

  /** Of the disk that a runtime becomes. */
  public static DiskHistory of(PreparedRuntime runtime) {
    return new DiskHistory(
        runtime.made(),
        runtime.begun(),
        Optional.of(runtime.preparation()),
        Optional.of(new KeptCaches(runtime.caches(), false)));
  }

  /** Of a disk of whose preparation and caches nothing is known. */
  public DiskHistory(StartedFrom made, Instant begun) {
    this(made, begun, Optional.empty(), Optional.empty());
  }

  /** Whether it is the trunk's, and a runtime that is made of it can say how it was prepared. */
  boolean mayBecomeRuntime() {
    return made.origin() == KeptOrigin.TRUNK && preparation.isPresent() && made.mayBecomeRuntime();
  }

  /** The caches that move with a runtime that is made of the disk. */
  public SharedCaches sharedCaches() {
    return caches.map(KeptCaches::shared).orElse(SharedCaches.NONE);
  }

  /** The same, of a disk that came from these runtimes. */
  DiskHistory outOf(List<RuntimeId> runtimes) {
    return new DiskHistory(made.outOf(runtimes), begun, preparation, caches);
  }
}
