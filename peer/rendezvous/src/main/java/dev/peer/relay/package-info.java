/**
 * The relay: a peer that nobody can connect to registers here, and others get connections to it.
 *
 * <p>A peer keeps one connection here, on which it learns that a caller asks for it. For each
 * caller it opens another connection, and the relay joins the two. The two ends speak TLS, and the
 * relay knows only the number of bytes. Everything is bounded, in total and for each identity. A
 * change of rules cuts off the peers that it refuses, with the other ends of their tunnels.
 *
 * <p>Blocking code on virtual threads. Uses {@code peer.tls}, {@code peer.http} for refusals,
 * {@code peer.wire}, {@code core.id}, {@code core.record} and {@code core.trust}.
 */
package dev.peer.relay;
