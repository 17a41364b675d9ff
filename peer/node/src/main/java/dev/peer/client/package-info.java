/**
 * The flow's ports over HTTPS: looking up, fetching, announcing; and guest images likewise.
 *
 * <p>What it returns is untrusted: only its size is bounded. Everything here blocks, for a bounded
 * time, and ends early when its thread is interrupted. Close everything closeable before the
 * process ends. Uses {@code peer.tls}, {@code peer.wire}, {@code peer.server} and {@code
 * core.flow}.
 */
package dev.peer.client;
