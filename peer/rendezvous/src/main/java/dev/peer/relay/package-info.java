/**
 * The relay: a peer that nobody can connect to registers here, and others get connections to it.
 *
 * <p>A peer keeps one connection here, on which it learns that a caller asks for it. For each
 * caller it opens another connection, and the relay joins the two. The two ends speak TLS, and the
 * relay knows only the number of bytes. Everything is bounded, in total and for each identity. A
 * change of rules cuts off the peers that it refuses, with the other ends of their tunnels.
 *
 * <p>Blocking code on virtual threads. Uses {@code peer.tls}, {@code peer.http} for refusals,
 * {@code peer.pages}, {@code peer.wire}, {@code core.id}, {@code core.record} and {@code
 * core.trust}.
 *
 * <p>It reads the one head of a connection itself, and does not upgrade a connection of Undertow's.
 * That would be no faster (medians of 8 rounds on 2 busy cores: 120 MiB/s into a connection for 105
 * with Undertow, 58 microseconds for an echo for 66), and would save little: the caller's side
 * needs {@link dev.peer.wire.HttpHead} all the same, and reading and writing that blocks, is cut
 * off at any time and has a limit for silence would have to be built over Undertow's channels.
 */
package dev.peer.relay;
