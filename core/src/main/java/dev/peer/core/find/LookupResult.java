package dev.peer.core.find;

import java.util.List;
import java.util.Optional;

/** A rendezvous' answer. */
public sealed interface LookupResult {

  /**
   * These peers are said to hold the result, or to be at the run; nothing about it is verified.
   *
   * @param holders where it passed, the best first
   * @param running where it is under way, the first to begin first; that never counts as passed
   * @param failed where it failed, which is to be shown and never replayed
   */
  record Found(List<Holder> holders, List<Holder> running, List<Failure> failed)
      implements LookupResult {

    /** No peer runs it, or failed it. */
    public Found(List<Holder> holders) {
      this(holders, List.of(), List.of());
    }

    /** Copies the lists. */
    public Found {
      holders = List.copyOf(holders);
      running = List.copyOf(running);
      failed = List.copyOf(failed);
    }
  }

  /**
   * The peers at which it failed.
   *
   * @param how as the peer says; nothing: it has not said
   */
  record Failure(Holder holder, Optional<FollowResult.Failed> how) {

    /** One line for a person. */
    public String text() {
      return how.map(failed -> failed.text(holder.id()))
          .orElse("a run of " + holder.id() + " failed a moment ago");
    }
  }

  /** No peer holds it or runs it. */
  record Absent() implements LookupResult {}

  /**
   * No rendezvous could be asked.
   *
   * @param why what failed, one line
   */
  record Unavailable(String why) implements LookupResult {}
}
