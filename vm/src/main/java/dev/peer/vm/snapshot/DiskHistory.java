package dev.peer.vm.snapshot;

import dev.peer.core.record.Preparation;
import dev.peer.core.record.PreparedRuntime;
import dev.peer.core.record.StartedFrom;
import java.time.Instant;
import java.util.Optional;

/**
 * What a kept disk has been through.
 *
 * @param made whose preparations wrote it; {@link StartedFrom#UNKNOWN}: peer 0.5 kept it
 * @param begun when it was blank
 * @param preparation how the last preparation went, if that is known
 */
public record DiskHistory(StartedFrom made, Instant begun, Optional<Preparation> preparation) {

  /** Of the disk that a runtime becomes. */
  public static DiskHistory of(PreparedRuntime runtime) {
    return new DiskHistory(runtime.made(), runtime.begun(), Optional.of(runtime.preparation()));
  }

  /** Of a disk of whose preparation nothing is known. */
  public DiskHistory(StartedFrom made, Instant begun) {
    this(made, begun, Optional.empty());
  }
}
