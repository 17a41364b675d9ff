/**
 * The protocol between peers and rendezvous: paths, JSON bodies, limits, problem documents.
 *
 * <p>JSON over HTTP/1.1. Every value here is built and parsed strictly, and parsing what was built
 * gives the same value. Nothing here opens a socket or knows the rules. Uses {@code core.id},
 * {@code core.json}, {@code core.record} and {@code core.sign}.
 *
 * <p>Served by a peer:
 *
 * <pre>
 * GET    /v1/results/{runKey}                 the attestation, as it was signed
 * GET    /v1/blobs/sha256/{hex}               the bundle; a single byte range may be asked for
 * GET    /v1/runs/{runKey}/output             what a run that goes on has written, from its
 *                                             beginning, and then what it writes, as it comes: a
 *                                             chunked sequence of {@link
 *                                             dev.peer.wire.OutputFrame}; 404 if none goes on
 * GET    /v1/images/sha256/{hex}/{file}       a file of a guest image: manifest.json, kernel,
 *                                             initramfs or root.erofs; as for a bundle, and whole
 *                                             {@linkplain dev.peer.wire.ContentCoding compressed}
 *                                             if the request wants that
 * GET    /v1/repos/{repo}/lfs/sha256/{hex}    a file of Git LFS that a run of the repository used;
 *                                             as for a bundle
 * GET    /v1/status                           {@link dev.peer.wire.PeerStatus}
 * PUT    /v1/results/{runKey}                 hands a result over, where copies are kept: its
 *                                             attestation; 204 it is held, 202 its bundle is awaited
 * PUT    /v1/blobs/sha256/{hex}               then the bundle, from the same caller; 204 it is held
 * </pre>
 *
 * <p>Served by a rendezvous:
 *
 * <pre>
 * PUT    /v1/lease[?instance=ID]              {@link dev.peer.wire.LeaseRequest} to {@link
 *                                             dev.peer.wire.LeaseTerms}; 201 new, 200 renewed
 * DELETE /v1/lease[?instance=ID]              withdraws the lease and all announced under it
 * PUT    /v1/repos/{repo}/results/{runKey}[?instance=ID][&amp;state=running|failed|passed]
 *                                             announces, as passed where no state is given; 409
 *                                             without a lease; 204, and for running 200 with the
 *                                             {@link dev.peer.wire.HolderList} of all that are
 *                                             running it, the first to say so first
 * DELETE /v1/repos/{repo}/results/{runKey}[?instance=ID]   takes the announcement back
 * GET    /v1/repos/{repo}/results/{runKey}    {@link dev.peer.wire.HolderList}, or 404: first who
 *                                             holds it, the latest first, then who is running it,
 *                                             the earliest first, then where it failed
 * GET    /v1/repos/{repo}/events              server-sent events of results that passed, as they
 *                                             come and go; see below
 * POST   /v1/repos/{repo}/results/{runKey}/reports   {@link dev.peer.wire.HolderReport}: a peer does
 *                                             not bear out that it holds the result; told once, by
 *                                             who may look it up, and 404 where nobody wants to know
 * POST   /v1/repos/{repo}/results/{runKey}/hits   {@link dev.peer.wire.HitReport}: it was taken
 *                                             instead of a run; by who may look it up, and 404
 *                                             where nobody counts hits
 * GET    /v1/images/sha256/{hex}              who holds a guest image, as the leases name them:
 *                                             {@link dev.peer.wire.HolderList}, or 404
 * POST   /v1/timestamp                        a time-stamp query to its answer (RFC 3161, 3.4);
 *                                             404 where none are given
 * GET    /v1/status                           {@link dev.peer.wire.RendezvousStatus}
 * </pre>
 *
 * <p>Served by a relay, one request on each connection. All but the last have the header {@code
 * Upgrade: peer-relay} and the answer 101, after which the connection is for something else:
 *
 * <pre>
 * GET    /v1/registrations/{instance}         lines, see {@link dev.peer.wire.RelayLine}: the
 *                                             caller can be reached here while both go on saying
 *                                             that they are there
 * GET    /v1/peers/{peer}/{instance}          a connection to that process of a peer; 404 if it is
 *                                             not registered, 429 if there are too many, 504 if it
 *                                             does not answer
 * GET    /v1/dials/{id}                       the other end of it, opened by the peer itself when
 *                                             it is told to; 404 if nobody waits for it
 * GET    /v1/status                           {@link dev.peer.wire.RelayStatus}
 * </pre>
 *
 * <p>Served by peer and rendezvous:
 *
 * <pre>
 * GET    /metrics                             counts in Prometheus' text format
 * GET    /healthz                             {"healthy":true}, or a problem that says why not
 * </pre>
 *
 * <p>A request may say to which {@linkplain dev.peer.wire.Trace trace} it belongs.
 *
 * <p>The caller's certificate alone identifies it. The {@linkplain dev.peer.wire.InstanceId
 * instance} distinguishes the processes that run with one certificate; a peer with one process may
 * leave it out.
 *
 * <p>A process has one {@linkplain dev.peer.wire.ResultState state} for a run key: announcing it in
 * another one replaces it. Announcing that it runs and learning who else runs it are one step, so
 * of all that start at the same moment exactly one finds itself first.
 *
 * <p>A peer that serves files of Git LFS of a repository announces that under the repository's
 * {@linkplain dev.peer.wire.LargeFilesKey key} for it, like a result that passed. Events leave it
 * out.
 *
 * <p>A peer that serves runtimes of a repository and a guest image announces that under their
 * {@linkplain dev.peer.wire.RuntimesKey key}, like a result that passed. One that is making one
 * announces it like a run; {@code /v1/runs/{key}/output} shows no output of it, and its end.
 *
 * <p>Events are of the types {@code passed} and {@code gone}, with an {@link
 * dev.peer.wire.IndexEvent}: the peer holds the result; none of its processes holds it any more.
 * Nothing is left out, and an event may come twice. A client with a {@code Last-Event-ID} continues
 * after that event, if the events since then are still known; every other client gets a {@code
 * reset}, which tells it to forget everything, and then all results as {@code passed}. The last of
 * these has an id; the empty id of {@code reset} cancels the one before. A comment every 15 s shows
 * that the stream is alive.
 *
 * <p>429 with {@code Retry-After} means that there is too much to do just now, for all ({@code
 * busy}, too many requests under way) or because of the caller (1,000 changes a second, after
 * 20,000 at once); without it, that the caller has as many leases, results or streams as it may
 * have.
 *
 * <p>A holder that two identities report is listed behind the others, one that three report is left
 * out. A report counts for 5 minutes, its reporter once for a holder, and then not for as long.
 */
package dev.peer.wire;
