/**
 * The relay: where a peer registers that nobody can connect to, and others get connections to it.
 *
 * <p>A peer keeps one connection here, on which it is told when somebody asks for it; for each who
 * does it opens another, and the relay makes one of the two. What passes is TLS between these two,
 * and nothing is known of it here but how much it is. Everything is bounded, in all and for each
 * identity, and whoever is refused by a change is cut off, and with them who they are joined to.
 *
 * <p>Blocking code on virtual threads. Uses {@code peer.tls}, {@code peer.http} for refusals,
 * {@code peer.wire}, {@code core.id}, {@code core.record} and {@code core.trust}.
 */
package dev.peer.relay;
