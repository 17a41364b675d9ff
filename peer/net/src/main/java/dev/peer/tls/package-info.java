/**
 * Transport: the identity at the other end of a connection, and our own.
 *
 * <p>TLS 1.3 only, certificates on both sides, always. The only package that knows {@code
 * javax.net.ssl}. Between peers no host name is ever checked, because a peer's name is in its
 * certificate and its address changes; a server that is no peer, such as etcd, is known by its
 * host. HTTP goes by {@link dev.peer.tls.TlsListener} and {@link dev.peer.tls.TlsClient}, gRPC by
 * {@link dev.peer.rendezvous.etcd.GrpcConnection}, everything else by {@link
 * dev.peer.tls.TlsAcceptor} and {@link dev.peer.tls.TlsConnector}. Uses {@code core.id}, {@code
 * core.trust}, Undertow's listener, HttpCore and gRPC's channel.
 *
 * <p>HTTP is read and written by Apache's HttpCore, on sockets of ours: a connection goes through a
 * relay or a company's proxy as any other, and a command that runs for a moment starts no selector
 * and no pool of threads for it, as it would with the JDK's client.
 */
package dev.peer.tls;
