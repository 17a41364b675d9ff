package dev.peer.core.flow;

/** The outcome of a search for a result. */
public sealed interface FindResult {

  /** A result of which every byte was verified. */
  record Hit(Replayable result) implements FindResult {}

  /** There is none. */
  sealed interface None extends FindResult {

    /** The peers that run it, or ran it. */
    Elsewhere elsewhere();
  }

  /** No peer has one, or no peer that has one could be reached. */
  record Miss(Elsewhere elsewhere) implements None {}

  /** Somebody gave one, and none that was given could be verified. */
  record NoneVerified(Elsewhere elsewhere) implements None {}
}
