package dev.peer.core.flow;

import java.util.List;

/** What a rendezvous said. */
public sealed interface LookupResult {

  /** These peers are said to hold the result; nothing about it is verified. */
  record Found(List<Holder> holders) implements LookupResult {

    /** Copies the holders. */
    public Found {
      holders = List.copyOf(holders);
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
