/**
 * The long-running peer: it serves everything that its store keeps, removes old results, keeps
 * copies of what others hold, takes what they hand over, and has a queue of runs, which outlives it
 * ({@link dev.peer.daemon.RunQueue}).
 *
 * <p>It serves only results that were verified when they were kept. After a restart it serves a
 * result only after it has verified the attestation again and compared the bundle's bytes with it.
 * Everything here runs on threads of its own until it is closed. Uses {@code core}, {@code
 * peer.client}, {@code peer.server} and {@code peer.http}.
 */
package dev.peer.daemon;
