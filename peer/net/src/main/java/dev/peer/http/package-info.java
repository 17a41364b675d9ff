/**
 * The common part of the HTTPS servers: the server itself, its limits, and the life of one request.
 *
 * <p>Undertow's I/O threads only accept and hand over; each request is answered by blocking code on
 * a virtual thread of its own. Each server answers {@code /metrics} and {@code /healthz} itself.
 * Uses {@code peer.tls}, {@code peer.wire}, {@code peer.metrics} and {@code core.trust}.
 *
 * <p>Ranges are read by {@link dev.peer.wire.ByteRange} and not by Undertow's class of that name,
 * which answers 8 of 27 forms of the header in another way, some against RFC 9110: it takes {@code
 * 5-2} for a range outside, the first of two ranges for the only one, and {@code If-Range} with a
 * date or with no tag at all for a tag that matches.
 */
package dev.peer.http;
