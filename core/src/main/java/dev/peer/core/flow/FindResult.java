package dev.peer.core.flow;

/** What the search for a result came to. */
public sealed interface FindResult {

  /** A result of which every byte was verified. */
  record Hit(Replayable result) implements FindResult {}

  /** There is none. */
  sealed interface None extends FindResult {

    /** Who is at it, or was. */
    Elsewhere elsewhere();
  }

  /** Nobody has one, or nobody who has one could be reached. */
  record Miss(Elsewhere elsewhere) implements None {}

  /** Somebody gave one, and none that was given could be verified. */
  record NoneVerified(Elsewhere elsewhere) implements None {}
}
