package dev.peer.core.store;

import dev.peer.core.id.RunKey;
import java.time.Instant;

/**
 * One of the entries in the store, as untrusted as each of them.
 *
 * @param key the run that it is kept for
 * @param entry the stored entry
 * @param bundleBytes the size of the bundle
 * @param kept when it was kept, or replayed last
 */
public record ListedEntry(RunKey key, StoredEntry entry, long bundleBytes, Instant kept) {}
