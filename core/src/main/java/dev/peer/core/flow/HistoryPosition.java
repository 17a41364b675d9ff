package dev.peer.core.flow;

import dev.peer.core.id.CommitId;
import java.util.Optional;

/**
 * Where a revision stands in its repository's history.
 *
 * @param onTrunk whether the trunk has the revision
 * @param base the newest commit that it has in common with the trunk: the revision itself, where it
 *     is on the trunk; empty where there is none, or none can be told
 * @param nearest of the commits asked about the nearest that the revision descends from, or is
 * @param nearestOnTrunk the nearest that the trunk has too
 * @param unknown why a commit may be missing above, with the remedy; empty if none is
 */
public record HistoryPosition(
    boolean onTrunk,
    Optional<CommitId> base,
    Optional<CommitId> nearest,
    Optional<CommitId> nearestOnTrunk,
    String unknown) {}
