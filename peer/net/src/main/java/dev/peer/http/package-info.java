/**
 * The common part of the HTTPS servers: the server itself, its limits, and the life of one request.
 *
 * <p>Undertow's I/O threads only accept and hand over; each request is answered by blocking code on
 * a virtual thread of its own. Each server answers {@code /metrics} and {@code /healthz} itself.
 * Uses {@code peer.tls}, {@code peer.wire}, {@code peer.metrics} and {@code core.trust}.
 */
package dev.peer.http;
