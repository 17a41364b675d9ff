package dev.peer.rendezvous;

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

  void set(Fingerprint run, Announcement[] all) {
    if (all.length == 0) {
      runs.remove(run);
    } else {
      runs.put(run, all);
    }
  }
}
