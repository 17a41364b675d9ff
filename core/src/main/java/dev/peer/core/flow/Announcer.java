package dev.peer.core.flow;

import dev.peer.core.find.Holder;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.store.StoredRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Announces what this peer runs and holds, and serves it. */
public interface Announcer {

  /**
   * Serves the record and keeps it announced until the announcement is closed.
   *
   * @throws AnnounceException if it cannot even be served; an unreachable rendezvous is retried in
   *     the background
   */
  Announcement announce(StoredRecord record) throws AnnounceException, InterruptedException;

  /**
   * Says that this peer is about to run something, and lets others wait for its output.
   *
   * @param goal the target of mk and further arguments, for people
   * @throws AnnounceException as the other
   */
  RunAnnouncement announceRun(RepoId repo, RunKey key, String goal) throws AnnounceException;

  /** A result being served. Closing it withdraws the lease and stops serving. */
  interface Announcement extends AutoCloseable {

    /** Waits until each rendezvous was tried once: it answered, or the notices say why not. */
    void awaitTold() throws InterruptedException;

    /**
     * Waits until the followers of the run have fetched its result.
     *
     * @param most how long
     */
    void awaitFollowers(Duration most) throws InterruptedException;

    @Override
    void close();
  }

  /**
   * A run that is announced. It ends in one of three ways: it {@linkplain #passed passed}, it
   * {@linkplain #failed failed}, or it is closed before, and its followers learn that it was
   * interrupted.
   */
  interface RunAnnouncement extends AutoCloseable {

    /**
     * The peers that announced the same run earlier, in that order. Waits for a rendezvous to
     * answer; empty if none does.
     */
    List<Holder> earlier() throws InterruptedException;

    /**
     * Starts the run. Followers see what the listener is told: secrets are masked in it, and its
     * size is bounded.
     *
     * @param backlog a new file, for followers that come later; the caller may remove it when the
     *     run has ended
     */
    ExecutionListener begin(Path backlog);

    /** Serves the result from now on, announces it in place of the run, and tells the followers. */
    Announcement passed(StoredRecord record);

    /**
     * Tells the followers that it failed, and every peer that asks for as long as its lease would
     * last.
     *
     * @param exitCode mk's exit code, where it is one
     */
    void failed(String stage, Optional<Integer> exitCode);

    /** Takes it back. Does nothing once it has passed. */
    @Override
    void close();
  }
}
