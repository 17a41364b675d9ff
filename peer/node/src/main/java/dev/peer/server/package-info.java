/**
 * What a peer serves to others: attestations and bundles from the store, guest images, and the
 * output of runs in progress; and what it takes from others, if it has an intake.
 *
 * <p>Nothing is verified here: the receiver does that. Uses {@code peer.tls}, {@code peer.http},
 * {@code peer.wire}, {@code core.id}, {@code core.record}, {@code core.trust}, {@code core.store}
 * and {@code core.flow}.
 */
package dev.peer.server;
