package dev.peer.rendezvous;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.wire.HolderList;
import dev.peer.wire.LeaseRequest;
import dev.peer.wire.LeaseTerms;
import dev.peer.wire.RendezvousStatus;
import java.util.List;

/**
 * Which peers say that they hold which results and guest images. What they say lives and dies with
 * their lease; all methods may be called by many threads at once.
 */
public interface HolderIndex {

  /**
   * Grants a lease or renews it; the addresses given now are those that lookups give from now, and
   * the images named now are those that it holds from now.
   */
  Grant lease(LeaseHolder holder, LeaseRequest request);

  /** Ends the lease and all that was announced under it; no lease is no error. */
  void withdraw(LeaseHolder holder);

  /** Adds a result to what the holder holds; adding it again changes nothing. */
  Announced announce(LeaseHolder holder, RepoId repo, RunKey key);

  /** Takes an announcement back; none is no error. */
  void retract(LeaseHolder holder, RepoId repo, RunKey key);

  /** Who holds the result, the latest to announce it first, at most 16. */
  List<HolderList.Entry> holders(RepoId repo, RunKey key);

  /** Who holds the image, the latest to name it first, at most 16. */
  List<HolderList.Entry> holders(Digest image);

  /** How much is in it. */
  RendezvousStatus status();

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

    /** Lookups find it. */
    record Done() implements Announced {}

    /** There is no lease, or not any more. */
    record NoLease() implements Announced {}

    /** The peer has announced as many results as it may. */
    record TooMany(int limit) implements Announced {}
  }
}
