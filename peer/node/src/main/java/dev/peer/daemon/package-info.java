/**
 * What a peer does that stays: it serves all that its store keeps, sees to what goes, keeps copies
 * of what others hold, takes what they hand over, and has a queue of what it is to run, which
 * outlives it ({@link dev.peer.daemon.RunQueue}).
 *
 * <p>Nothing is served that was not verified when it was kept, and none of it is served again after
 * a restart before its attestation was verified anew and its bundle's bytes were compared with it.
 * Everything here runs on threads of its own until it is closed. Uses {@code core}, {@code
 * peer.client}, {@code peer.server} and {@code peer.http}.
 */
package dev.peer.daemon;
