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
 *   <li>{@code changing} is held alone while an entry is added or removed, and shared while a
 *       process takes hold of one: a hold is always on the current entry. It is held for a rename
 *       or a removal, never while bytes are fetched, verified, copied or hashed.
 *   <li>{@code keeper} is held alone by a daemon. Then no other process removes a result to make
 *       room.
 * </ul>
 *
 * <p>A result is written in {@code staging/} and appears whole, by one rename. Of several processes
 * that keep the same result at once, the first adds it; the others find it there, put their own
 * verified files in place of its files, each by one rename, and use it. An entry is repaired in the
 * same way if its bytes are no longer the signed ones. An entry's attestation is removed first: a
 * directory without one is no entry, and goes with the next removal.
 *
 * <p>Keeping a result does not wait for the disk, which has it before anybody else is told of it. A
 * process that is killed in between leaves a whole entry, since the kernel has its bytes. A power
 * cut in between may leave files that are empty or cut short: then the entry is refused as any
 * damaged one, because its bytes are verified whenever it is used.
 *
 * <p>Locks are taken in this order: {@code keeper}, {@code changing}, an entry's. A process that
 * holds {@code changing} alone waits for no entry: it tries, and leaves held ones.
 *
 * <p>Uses {@code core.chunk}, {@code core.id}, {@code core.json}, {@code core.key}, {@code
 * core.record}, {@code core.scratch}, {@code core.sign} and {@code core.trust}.
 */
package dev.peer.core.store;
