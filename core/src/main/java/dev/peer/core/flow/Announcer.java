package dev.peer.core.flow;

import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.store.StoredRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Tells the team what this peer runs and holds, and serves it. */
public interface Announcer {

  /**
   * Serves the record and keeps it announced until the announcement is closed.
   *
   * @throws AnnounceException if it can not even be served; an unreachable rendezvous is tried
   *     again in the background
   */
  Announcement announce(StoredRecord record) throws AnnounceException, InterruptedException;

  /**
   * Says that this peer is about to run something, and lets others wait for its output.
   *
   * @throws AnnounceException as the other
   */
  RunAnnouncement announceRun(RepoId repo, RunKey key) throws AnnounceException;

  /** A result being served. Closing it withdraws the lease and stops serving. */
  interface Announcement extends AutoCloseable {

    /** Waits until each rendezvous was tried once: it answered, or the notices say why not. */
    void awaitTold() throws InterruptedException;

    /**
     * Waits until those who followed the run have fetched its result.
     *
     * @param most how long
     */
    void awaitFollowers(Duration most) throws InterruptedException;

    @Override
    void close();
  }

  /**
   * A run that is announced. It ends in one of three ways: it {@linkplain #passed passed}, it
   * {@linkplain #failed failed}, or it is closed before, and those who follow it are told that it
   * was broken off.
   */
  interface RunAnnouncement extends AutoCloseable {

    /**
     * Who announced the same run before, the first being the first. Waits for a rendezvous to say
     * so; nobody if none does.
     */
    List<Holder> earlier() throws InterruptedException;

    /**
     * The run begins here. What is said to the listener those see who follow it: secrets are masked
     * in it, and its size is bounded.
     *
     * @param backlog a new file, for those who come later; it may be removed when the run has ended
     */
    ExecutionListener begin(Path backlog);

    /** Serves the result from now on, announces it in place of the run, and tells the followers. */
    Announcement passed(StoredRecord record);

    /**
     * Tells the followers, and for as long as its lease would last whoever asks, that it failed.
     *
     * @param exitCode mk's exit code, where it is one
     */
    void failed(String stage, Optional<Integer> exitCode);

    /** Takes it back. Does nothing once it has passed. */
    @Override
    void close();
  }
}
