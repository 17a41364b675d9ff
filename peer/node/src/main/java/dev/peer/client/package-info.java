/**
 * The flow's ports over HTTPS: looking up, fetching, announcing; and guest images likewise.
 *
 * <p>What is handed on is untrusted: it is as large as it may be, and nothing more is known of it.
 * Everything here blocks, for a bounded time, and ends early when its thread is interrupted. Close
 * what can be closed before the process ends. Uses {@code peer.tls}, {@code peer.wire}, {@code
 * peer.server} and {@code core.flow}.
 */
package dev.peer.client;
