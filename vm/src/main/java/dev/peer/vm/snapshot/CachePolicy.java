package dev.peer.vm.snapshot;

import java.time.Duration;

/**
 * When kept disks are dropped.
 *
 * @param maxAge how long after it was begun from a blank one a disk is used
 * @param maxBytes how much all disks of this machine may take
 */
public record CachePolicy(Duration maxAge, long maxBytes) {}
