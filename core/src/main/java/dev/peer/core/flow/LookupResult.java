package dev.peer.core.flow;

import java.util.List;

/** What a rendezvous said. */
public sealed interface LookupResult {

  /**
   * These peers are said to have to do with the run; nothing about it is verified.
   *
   * @param holders who holds the result, the best first
   * @param running who runs it now, who began first being the first
   * @param failed where it failed lately
   */
  record Found(List<Holder> holders, List<Holder> running, List<Holder> failed)
      implements LookupResult {

    /** Copies the lists. */
    public Found {
      holders = List.copyOf(holders);
      running = List.copyOf(running);
      failed = List.copyOf(failed);
    }

    /** Who holds the result, and nobody is at it. */
    public Found(List<Holder> holders) {
      this(holders, List.of(), List.of());
    }
  }

  /** No peer holds it. */
  record Absent() implements LookupResult {}

  /**
   * Nobody could be asked.
   *
   * @param why what failed, one line
   */
  record Unavailable(String why) implements LookupResult {}
}
