/**
 * What peers and rendezvous say to each other: paths, JSON bodies, limits, problem documents.
 *
 * <p>JSON over HTTP/1.1. Every value here is built and parsed strictly, and parsing what was built
 * gives the same value. Nothing here opens a socket or knows who is allowed what. Uses {@code
 * core.id}, {@code core.record} and {@code core.sign}.
 *
 * <p>Served by a peer:
 *
 * <pre>
 * GET    /v1/results/{runKey}                 the attestation, as it was signed
 * GET    /v1/blobs/sha256/{hex}               the bundle; a single byte range may be asked for
 * GET    /v1/images/sha256/{hex}/{file}       a file of a guest image: manifest.json, kernel,
 *                                             initramfs or root.erofs; as for a bundle
 * GET    /v1/status                           {@link dev.peer.wire.PeerStatus}
 * </pre>
 *
 * <p>Served by a rendezvous:
 *
 * <pre>
 * PUT    /v1/lease[?instance=ID]              {@link dev.peer.wire.LeaseRequest} to {@link
 *                                             dev.peer.wire.LeaseTerms}; 201 new, 200 renewed
 * DELETE /v1/lease[?instance=ID]              withdraws the lease and all announced under it
 * PUT    /v1/repos/{repo}/results/{runKey}[?instance=ID]   announces; 409 without a lease
 * DELETE /v1/repos/{repo}/results/{runKey}[?instance=ID]   takes the announcement back
 * GET    /v1/repos/{repo}/results/{runKey}    {@link dev.peer.wire.HolderList}, or 404
 * POST   /v1/repos/{repo}/results/{runKey}/reports   {@link dev.peer.wire.HolderReport}: a peer does
 *                                             not bear out that it holds the result; told once, by
 *                                             who may look it up, and 404 where nobody wants to know
 * GET    /v1/images/sha256/{hex}              who holds a guest image, as the leases name them:
 *                                             {@link dev.peer.wire.HolderList}, or 404
 * POST   /v1/timestamp                        a time-stamp query to its answer (RFC 3161, 3.4);
 *                                             404 where none are given
 * GET    /v1/status                           {@link dev.peer.wire.RendezvousStatus}
 * </pre>
 *
 * <p>Who the caller is comes from its certificate alone. The {@linkplain dev.peer.wire.InstanceId
 * instance} tells apart the processes that run with one certificate; a peer that runs only once may
 * leave it out.
 */
package dev.peer.wire;
