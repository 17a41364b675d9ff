/**
 * Transport: the identity at the other end of a connection, and our own.
 *
 * <p>TLS 1.3 only, certificates on both sides, always. The only package that knows {@code
 * javax.net.ssl}. Between peers no host name is ever checked, because a peer's name is in its
 * certificate and its address changes; a server that is no peer, such as etcd, is known by its
 * host. HTTP goes by {@link dev.peer.tls.TlsListener} and {@link dev.peer.tls.TlsClient}, gRPC by
 * {@link dev.peer.rendezvous.etcd.GrpcConnection}, everything else by {@link
 * dev.peer.tls.TlsAcceptor} and {@link dev.peer.tls.TlsConnector}. Uses {@code core.id}, {@code
 * core.trust}, Undertow's listener and gRPC's channel.
 *
 * <p>HTTP through a relay or a company's proxy goes by the JDK's client and a proxy in this process
 * ({@code RouteProxy}), because that client takes no socket of ours. A client that does would need
 * a socket around each route all the same, and adds 2.3 MB (Apache's HttpClient 5.6 with its core)
 * to the distribution, where the JDK's is there anyway.
 */
package dev.peer.tls;
