package dev.peer.core.flow;

import dev.peer.core.id.CommitId;
import dev.peer.core.record.KeptOrigin;
import dev.peer.core.record.StartedFrom;
import java.util.Optional;

/**
 * What a run does with the disks that are kept of its repository.
 *
 * @param disk how the one is made that the run starts from; empty: it starts from a blank one
 * @param startedFrom what that disk is to the run's revision
 * @param left whose code a disk has that the run leaves; empty: what it writes is dropped
 * @param base the commit of the trunk to prepare before, so that the run need not start blank
 * @param unknown why there may be something to start from and is not, with what helps; else empty
 */
public record KeptPlan(
    Optional<StartedFrom> disk,
    StartedFrom startedFrom,
    Optional<KeptOrigin> left,
    Optional<CommitId> base,
    String unknown) {}
