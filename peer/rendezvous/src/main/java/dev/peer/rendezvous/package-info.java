/**
 * The rendezvous: the index of who holds what, and its HTTP server.
 *
 * <p>It holds no byte of a result and can forge none. Its state is soft: a restart loses nothing
 * that the peers do not announce again within one renewal. Where it is kept in memory, each
 * rendezvous is on its own; {@link dev.peer.rendezvous.etcd} makes several one. Uses {@code
 * peer.tls}, {@code peer.http}, {@code peer.pages}, {@code peer.wire}, {@code core.id} and {@code
 * core.trust}.
 */
package dev.peer.rendezvous;
