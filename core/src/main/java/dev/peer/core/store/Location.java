package dev.peer.core.store;

import dev.peer.core.id.RunKey;
import java.nio.file.Path;
import java.time.Instant;

/**
 * An entry of the store as far as its place tells, without a look into it.
 *
 * @param owner the digest of the {@link dev.peer.core.id.LocalRepo}'s id whose retention it counts
 *     for, in hexadecimal
 * @param targets what the run made, with which alone it is counted; empty in an entry of peer 0.5
 * @param key the run that it is kept for
 * @param directory its directory
 * @param bundleBytes the size of the bundle
 * @param kept when it was kept, or replayed last
 */
public record Location(
    String owner, String targets, RunKey key, Path directory, long bundleBytes, Instant kept) {}
