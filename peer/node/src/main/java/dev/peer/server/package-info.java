/**
 * What a peer serves to others: attestations and bundles, as they lie in the store, guest images,
 * and the output of runs that go on; and what it takes from others, where somebody takes it.
 *
 * <p>Nothing is verified here: whoever receives it does that. Uses {@code peer.tls}, {@code
 * peer.http}, {@code peer.wire}, {@code core.id}, {@code core.record}, {@code core.trust}, {@code
 * core.store} and {@code core.flow}.
 */
package dev.peer.server;
