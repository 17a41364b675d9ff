/**
 * Results on disk, and how long they stay. Sole owner of the store's paths.
 *
 * <p><b>Many processes use one store at once.</b> Three kinds of locks, which the kernel gives back
 * when a process ends, keep them apart:
 *
 * <ul>
 *   <li>An entry's {@code lock} is held shared by every process that reads or serves the entry, and
 *       alone by the one that removes it. So a result that was found and held stays until it is
 *       closed, and retention passes over it.
 *   <li>{@code changing} is held alone while an entry is added or removed, and shared while one is
 *       taken hold of: a hold is always on the entry that lies there. It is held for a rename or a
 *       removal, never while bytes are fetched, verified, copied or hashed.
 *   <li>{@code keeper} is held alone by a daemon. Then no other process removes a result to make
 *       room.
 * </ul>
 *
 * <p>A result is written in {@code staging/} and appears whole, by one rename. Of several processes
 * that keep the same result at once, the first adds it; the others find it there, put their own
 * verified files in place of its files, each by one rename, and use it. An entry is mended in the
 * same way where its bytes are no longer those that were signed. An entry's attestation is removed
 * first: what has none is no entry, and goes with the next removal.
 *
 * <p>Locks are taken in this order: {@code keeper}, {@code changing}, an entry's. Whoever holds
 * {@code changing} alone waits for no entry: it tries, and leaves what is held.
 *
 * <p>Uses {@code core.id}, {@code core.record}, {@code core.scratch} and {@code core.sign}.
 */
package dev.peer.core.store;
