package dev.peer.rendezvous;

import dev.peer.wire.HolderList;
import dev.peer.wire.ResultState;
import dev.peer.wire.RunState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * One lease's announcement of one run. There may be millions: their own fields link them.
 *
 * <p>All that are about one run are in an array, the latest last, which is replaced and never
 * changed.
 */
final class Announcement {

  final Lease lease;
  final Repository repository;
  final Fingerprint run;
  final RunState state;
  private Announcement previous;
  private Announcement next;

  /** Links it to the lease's announcements. */
  Announcement(Lease lease, Repository repository, Fingerprint run, RunState state) {
    this.lease = lease;
    this.repository = repository;
    this.run = run;
    this.state = state;
    next = lease.first;
    if (next != null) {
      next.previous = this;
    }
    lease.first = this;
    lease.results++;
  }

  /** Unlinks it from the lease's announcements. */
  void leave() {
    if (previous == null) {
      lease.first = next;
    } else {
      previous.next = next;
    }
    if (next != null) {
      next.previous = previous;
    }
    lease.results--;
  }

  /** The array with one more. */
  static Announcement[] with(Announcement[] all, Announcement one) {
    Announcement[] more = Arrays.copyOf(all, all.length + 1);
    more[all.length] = one;
    return more;
  }

  /** The array with one less. */
  static Announcement[] without(Announcement[] all, Announcement one) {
    return Arrays.stream(all).filter(other -> other != one).toArray(Announcement[]::new);
  }

  static Optional<Announcement> of(Lease lease, Announcement[] all) {
    return Arrays.stream(all).filter(one -> one.lease == lease).findFirst();
  }

  /** Those of live leases in a state, the latest first, until there are so many entries. */
  static void latestFirst(
      Announcement[] all, ResultState state, long now, int most, List<HolderList.Entry> entries) {
    for (int i = all.length - 1; i >= 0 && entries.size() < most; i--) {
      if (all[i].isIn(state) && all[i].lease.isLive(now)) {
        entries.add(all[i].entry());
      }
    }
  }

  /** As {@link #latestFirst}, the other way round. */
  static void earliestFirst(
      Announcement[] all, ResultState state, long now, int most, List<HolderList.Entry> entries) {
    for (int i = 0; i < all.length && entries.size() < most; i++) {
      if (all[i].isIn(state) && all[i].lease.isLive(now)) {
        entries.add(all[i].entry());
      }
    }
  }

  /**
   * The peers that run it, the first to announce it first; this one is last if there are more
   * before.
   */
  List<HolderList.Entry> running(Announcement[] all, long now, int most) {
    List<HolderList.Entry> order = new ArrayList<>();
    boolean hasThis = false;
    for (Announcement one : all) {
      hasThis |= one == this;
      boolean counts = one.isIn(ResultState.RUNNING) && one.lease.isLive(now);
      if (one == this || (counts && order.size() < (hasThis ? most : most - 1))) {
        order.add(one.entry());
      }
    }
    return order;
  }

  HolderList.Entry entry() {
    HolderList.Entry held = lease.entry();
    return state.isPassed() ? held : held.in(state);
  }

  boolean isIn(ResultState one) {
    return state.state() == one;
  }
}
