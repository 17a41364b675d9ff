/**
 * The index in etcd: several rendezvous nodes over one etcd are one service, and none of them has
 * anything to lose.
 *
 * <p>Everything that a process of a peer announces hangs on one lease of etcd's own, which etcd
 * ends: with it go all the keys, at once. Any node renews it, so the end of one node ends nothing
 * that another keeps alive. Each change is one transaction under the condition that the lease's
 * entry is still the one that was read; it may be sent again without harm. Keys are text, each part
 * of them percent-encoded:
 *
 * <pre>
 * peer/1/leases/{peer}/{instance}                          {"addresses":[...],"images":[...]}
 * peer/1/results/{repo}/{run key}/{state}/{peer}/{instance}
 * peer/1/images/{digest}/{peer}/{instance}
 * </pre>
 *
 * <p>A lookup reads the keys below a run key, each state in the order of its revisions, and the
 * entries of the holders found: two reads, one where there are none. Both are linearizable: an
 * announcement at one node is found at all nodes. Without a quorum there is no answer, and the node
 * says so.
 *
 * <p>How many leases one identity has is counted in etcd; nodes that grant at the same moment may
 * each grant the last one. How many results it has is counted by each node, which counts again in
 * etcd after every thousand: an identity may have that many more than its bound for each further
 * node.
 *
 * <p>Uses {@code peer.rendezvous}, {@code peer.wire}, {@code peer.tls} for the connections, {@code
 * core.id}, and the stubs of jetcd that block, on virtual threads. Nothing of it is loaded where
 * the index is in memory.
 */
package dev.peer.rendezvous.etcd;
