package dev.peer.core.flow;

import dev.peer.core.store.StoredRecord;

/** Tells the team that this peer holds a result, and serves it. */
public interface Announcer {

  /**
   * Serves the record and keeps it announced until the announcement is closed.
   *
   * @throws AnnounceException if it can not even be served; an unreachable rendezvous is tried
   *     again in the background
   */
  Announcement announce(StoredRecord record) throws AnnounceException, InterruptedException;

  /** A result being served. Closing it withdraws the lease and stops serving. */
  interface Announcement extends AutoCloseable {

    @Override
    void close();
  }
}
