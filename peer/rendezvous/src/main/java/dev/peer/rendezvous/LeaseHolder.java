package dev.peer.rendezvous;

import dev.peer.core.id.PeerId;
import dev.peer.wire.InstanceId;

/**
 * The holder of one lease: a process of a peer.
 *
 * @param peer from the caller's certificate
 * @param instance chosen by the caller; it only tells apart processes of the same peer
 */
public record LeaseHolder(PeerId peer, InstanceId instance) {}
