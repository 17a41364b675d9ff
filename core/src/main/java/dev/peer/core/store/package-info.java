/**
 * Results on disk, and how long they stay. Sole owner of the store's paths.
 *
 * <p>Uses {@code core.id}, {@code core.record} and {@code core.sign}.
 */
package dev.peer.core.store;
