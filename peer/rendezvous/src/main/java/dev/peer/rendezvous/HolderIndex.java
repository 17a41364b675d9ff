package dev.peer.rendezvous;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.wire.EventId;
import dev.peer.wire.HolderList;
import dev.peer.wire.LeaseRequest;
import dev.peer.wire.LeaseTerms;
import dev.peer.wire.RendezvousStatus;
import dev.peer.wire.RunState;
import java.util.List;
import java.util.Optional;

/**
 * Which peers say that they hold which results and guest images, or are at a run. What they say
 * lives and dies with their lease; all methods may be called by many threads at once.
 *
 * <p>An index that is kept elsewhere can be out of reach. A change that then fails may have been
 * made; making it again does no harm.
 */
public interface HolderIndex {

  /**
   * Grants a lease or renews it; the addresses given now are those that lookups give from now, and
   * the images named now are those that it holds from now.
   */
  Grant lease(LeaseHolder holder, LeaseRequest request) throws IndexUnavailableException;

  /** Ends the lease and all that was announced under it; no lease is no error. */
  void withdraw(LeaseHolder holder) throws IndexUnavailableException;

  /**
   * Says how far the holder is with a run, in place of what it said of it before. Saying the same
   * again changes nothing: it keeps its place. What has passed stays so until it is retracted: a
   * request that was held up on its way does not put it back.
   */
  Announced announce(LeaseHolder holder, RepoId repo, RunKey key, RunState state)
      throws IndexUnavailableException;

  /**
   * Says that the holder has the results of these runs, each of them once here, as if it announced
   * one after the other; what comes after one that is refused is not announced.
   */
  default Announced announcePassed(LeaseHolder holder, RepoId repo, List<RunKey> keys)
      throws IndexUnavailableException {
    for (RunKey key : keys) {
      Announced announced = announce(holder, repo, key, RunState.PASSED);
      if (!announced.equals(new Announced.Done())) {
        return announced;
      }
    }
    return new Announced.Done();
  }

  /** Takes an announcement back; none is no error. */
  void retract(LeaseHolder holder, RepoId repo, RunKey key) throws IndexUnavailableException;

  /**
   * Who holds the result, the latest to announce it first, then who is running it, the earliest
   * first, then where it failed, the latest first; at most 16.
   */
  List<HolderList.Entry> holders(RepoId repo, RunKey key) throws IndexUnavailableException;

  /** Who holds the image, the latest to name it first, at most 16. */
  List<HolderList.Entry> holders(Digest image) throws IndexUnavailableException;

  /**
   * Follows what comes and goes among the passed results of a repository.
   *
   * @param after the last event that was seen; none: it begins with what there is
   */
  Following follow(RepoId repo, Optional<EventId> after);

  /** How much is in it. */
  RendezvousStatus status() throws IndexUnavailableException;

  /**
   * Whether nothing that is asked of it about results waits for anything but a lock for a moment.
   */
  default boolean isAtHand() {
    return false;
  }

  /** Why it cannot do its work now, in a line for a person. Empty: it can. */
  default Optional<String> fault() {
    try {
      status();
      return Optional.empty();
    } catch (IndexUnavailableException e) {
      return Optional.of("the index does not answer: " + e.getMessage());
    }
  }

  /** What came of asking for a lease. */
  sealed interface Grant {

    /** There was none: nothing is announced under it. */
    record New(LeaseTerms terms) implements Grant {}

    /** What was announced under it stays so. */
    record Renewed(LeaseTerms terms) implements Grant {}

    /** The peer has as many leases as it may have. */
    record TooMany(int limit) implements Grant {}
  }

  /** What came of an announcement. */
  sealed interface Announced {

    /** Lookups find that it failed, or that it passed, now or before. */
    record Done() implements Announced {}

    /**
     * Lookups find that it is running.
     *
     * @param order who is running it at the moment of this announcement, the first to say so first;
     *     at most 16, among them whoever asks, who is last if there are more before
     */
    record Running(List<HolderList.Entry> order) implements Announced {

      /** Copies the order. */
      public Running {
        order = List.copyOf(order);
      }
    }

    /** There is no lease, or not any more. */
    record NoLease() implements Announced {}

    /** The peer has announced as many results as it may. */
    record TooMany(int limit) implements Announced {}
  }
}
