package dev.peer.rendezvous;

import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.wire.HolderList;
import java.util.Set;

/**
 * A lease of the embedded index. Changed under its lock; the fields that lookups read are volatile.
 */
final class Lease {

  static final Lease[] NONE = {};

  final PeerId peer;
  final Usage usage;

  /** The first of its announcements that is still in the index. */
  Announcement first;

  int results;
  volatile Set<Digest> images = Set.of();
  private volatile HolderList.Entry entry;
  private volatile long endsAt;
  private volatile boolean ended;

  Lease(PeerId peer, Usage usage) {
    this.peer = peer;
    this.usage = usage;
  }

  /** How much one peer has, over all its leases, ended ones until they are swept. */
  static final class Usage {
    int leases;
    int results;
  }

  void renew(HolderList.Entry now, long until) {
    entry = now;
    endsAt = until;
  }

  void end() {
    ended = true;
  }

  boolean isLive(long now) {
    return !ended && now - endsAt < 0;
  }

  /** The holder in an answer to a lookup. */
  HolderList.Entry entry() {
    return entry;
  }
}
