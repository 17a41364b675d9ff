package dev.peer.core.find;

/** The outcome of a search for a result. */
public sealed interface FindResult {

  /** A result of which every byte was verified. */
  record Hit(Replayable result) implements FindResult {}

  /** There is none. */
  sealed interface None extends FindResult {

    /** The peers that run it, or ran it. */
    RemoteRuns elsewhere();
  }

  /** No peer has one, or no peer that has one could be reached. */
  record Miss(RemoteRuns elsewhere) implements None {}

  /** Somebody gave one, and none that was given could be verified. */
  record NoneVerified(RemoteRuns elsewhere) implements None {}
}
