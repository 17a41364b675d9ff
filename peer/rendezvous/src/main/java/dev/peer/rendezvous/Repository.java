package dev.peer.rendezvous;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The announcements of one repository. Changed under the index's lock, read without it. */
final class Repository {

  static final Announcement[] NONE = {};

  final Fingerprint name;

  /** Begins small: there may be as many repositories as results. */
  final ConcurrentMap<Fingerprint, Announcement[]> runs = new ConcurrentHashMap<>(1);

  Repository(Fingerprint name) {
    this.name = name;
  }

  /** All that was announced of a run. */
  Announcement[] of(Fingerprint run) {
    return runs.getOrDefault(run, NONE);
  }

  /** At most so many announcements of live leases, those of runs that have not passed first. */
  List<Announcement> live(long now, int most) {
    List<Announcement> found = new ArrayList<>();
    List<Announcement> passed = new ArrayList<>();
    for (Announcement[] all : runs.values()) {
      for (Announcement one : all) {
        List<Announcement> among = one.state.isPassed() ? passed : found;
        if (among.size() < most && one.lease.isLive(now)) {
          among.add(one);
        }
      }
    }
    found.addAll(passed.subList(0, Math.min(passed.size(), most - found.size())));
    return found;
  }

  void set(Fingerprint run, Announcement[] all) {
    if (all.length == 0) {
      runs.remove(run);
    } else {
      runs.put(run, all);
    }
  }
}
