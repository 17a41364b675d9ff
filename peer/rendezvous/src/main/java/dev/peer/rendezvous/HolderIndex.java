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
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The peers that claim to hold results and guest images, or to run. Their announcements live and
 * die with their lease. All methods are safe for many threads.
 *
 * <p>An index that is kept elsewhere can be out of reach. A change that then fails may have been
 * made; making it again does no harm.
 */
public interface HolderIndex {

  /** Grants a lease or renews it; lookups then return these addresses and these images. */
  Grant lease(LeaseHolder holder, LeaseRequest request) throws IndexUnavailableException;

  /** Ends the lease with all announcements under it; no lease is no error. */
  void withdraw(LeaseHolder holder) throws IndexUnavailableException;

  /**
   * Announces the holder's state of a run, and replaces its earlier state. Announcing the same
   * again changes nothing: it keeps its place. A passed run stays passed until it is retracted: a
   * delayed request does not set it back.
   */
  AnnounceOutcome announce(LeaseHolder holder, RepoId repo, RunKey key, RunState state)
      throws IndexUnavailableException;

  /**
   * Announces that the holder has the results of these runs, each once, one after the other; stops
   * at the first refused one.
   */
  default AnnounceOutcome announcePassed(LeaseHolder holder, RepoId repo, List<RunKey> keys)
      throws IndexUnavailableException {
    for (RunKey key : keys) {
      AnnounceOutcome outcome = announce(holder, repo, key, RunState.PASSED);
      if (!outcome.equals(new AnnounceOutcome.Done())) {
        return outcome;
      }
    }
    return new AnnounceOutcome.Done();
  }

  /** Takes an announcement back; none is no error. */
  void retract(LeaseHolder holder, RepoId repo, RunKey key) throws IndexUnavailableException;

  /**
   * The peers that hold the result, the latest to announce it first, then those that run it, the
   * earliest first, then those where it failed, the latest first; at most 16.
   */
  List<HolderList.Entry> holders(RepoId repo, RunKey key) throws IndexUnavailableException;

  /** The peers that hold the image, the latest to name it first, at most 16. */
  List<HolderList.Entry> holders(Digest image) throws IndexUnavailableException;

  /**
   * What is announced of a repository, at most so many announcements; runs that have not passed
   * first, where the index can tell without reading all.
   */
  Listing announced(RepoId repo, int most) throws IndexUnavailableException;

  /**
   * Follows the changes among the passed results of a repository.
   *
   * @param after the last event that was seen; none: starts with all results
   */
  ResultFeed follow(RepoId repo, Optional<EventId> after);

  /** How much is in it. */
  RendezvousStatus status() throws IndexUnavailableException;

  /**
   * Whether nothing that is asked of it about results waits for anything but a lock for a moment.
   */
  default boolean isAtHand() {
    return false;
  }

  /** Why it cannot do its work now, in a line for people. Empty: it can. */
  default Optional<String> fault() {
    try {
      status();
      return Optional.empty();
    } catch (IndexUnavailableException e) {
      return Optional.of("the index does not answer: " + e.getMessage());
    }
  }

  /**
   * What is announced of a repository.
   *
   * @param images the guest images of the leases that announce it
   */
  record Listing(Map<RunKey, List<HolderList.Entry>> holders, Set<Digest> images) {

    /** Copies the map and the set. */
    public Listing {
      holders = Map.copyOf(holders);
      images = Set.copyOf(images);
    }
  }

  /** The outcome of a request for a lease. */
  sealed interface Grant {

    /** There was none: nothing is announced under it. */
    record New(LeaseTerms terms) implements Grant {}

    /** Its announcements stay. */
    record Renewed(LeaseTerms terms) implements Grant {}

    /** The peer has as many leases as it may have. */
    record TooMany(int limit) implements Grant {}
  }

  /** The outcome of an announcement. */
  sealed interface AnnounceOutcome {

    /** Lookups find that it failed, or that it passed, now or before. */
    record Done() implements AnnounceOutcome {}

    /**
     * Lookups find that it is running.
     *
     * @param order the peers that run it at the moment of this announcement, the first to announce
     *     it first; at most 16, among them the caller, last if there are more before
     */
    record Running(List<HolderList.Entry> order) implements AnnounceOutcome {

      /** Copies the order. */
      public Running {
        order = List.copyOf(order);
      }
    }

    /** There is no lease, or not any more. */
    record NoLease() implements AnnounceOutcome {}

    /** The peer has announced as many results as it may. */
    record TooMany(int limit) implements AnnounceOutcome {}
  }
}
