/**
 * What the two HTTPS faces share: the server itself, its limits, and the life of one request.
 *
 * <p>Undertow's I/O threads only accept and hand over; each request is answered by blocking code on
 * a virtual thread of its own. Uses {@code peer.tls}, {@code peer.wire} and {@code core.trust}.
 */
package dev.peer.http;
