package dev.peer.vm.snapshot;

import java.time.Instant;

/**
 * A kept disk that is here.
 *
 * @param name the runs that may begin with it
 * @param history what it has been through
 * @param used when a run last began with it or kept it
 * @param bytes its size on this disk
 * @param runtimeBytes the size of the runtime that is served of it; 0: none is
 */
public record DiskSummary(
    DiskName name, DiskHistory history, Instant used, long bytes, long runtimeBytes) {}
