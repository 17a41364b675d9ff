package dev.peer.core.flow;

import dev.peer.core.id.CommitId;
import dev.peer.core.record.KeptOrigin;
import dev.peer.core.record.StartedFrom;
import java.util.Optional;

/**
 * How a run uses the disks that are kept of its repository.
 *
 * @param disk how the one is made that the run starts from; empty: it starts from a blank one
 * @param startedFrom how that disk relates to the run's revision
 * @param left whose code the disk that the run leaves holds; empty: the disk is dropped
 * @param base the commit of the trunk to prepare before, so that the run need not start blank
 * @param unknown why the run cannot tell what to start from, with the remedy; else empty
 */
public record KeptPlan(
    Optional<StartedFrom> disk,
    StartedFrom startedFrom,
    Optional<KeptOrigin> left,
    Optional<CommitId> base,
    String unknown) {}
