/**
 * What a peer serves to others: attestations and bundles, as they lie in the store, and guest
 * images; and what it takes from others, where somebody takes it.
 *
 * <p>Nothing is verified here: whoever receives it does that. Uses {@code peer.tls}, {@code
 * peer.http}, {@code peer.wire}, {@code core.id}, {@code core.trust} and {@code core.store}.
 */
package dev.peer.server;
