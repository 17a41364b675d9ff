package dev.peer.vm.snapshot;

import dev.peer.core.record.StartedFrom;
import java.time.Instant;

/**
 * What a kept disk has been through.
 *
 * @param made whose preparations wrote it; {@link StartedFrom#UNKNOWN}: peer 0.5 kept it
 * @param begun when it was blank
 */
public record DiskHistory(StartedFrom made, Instant begun) {}
