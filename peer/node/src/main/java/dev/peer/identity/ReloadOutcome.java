package dev.peer.identity;

/** The outcome of a look at files. */
public sealed interface ReloadOutcome {

  /** The files are unchanged, or there is nothing new to report. */
  record Unchanged() implements ReloadOutcome {}

  /** There is something else, and it counts from now on. */
  record Taken() implements ReloadOutcome {}

  /** There is new content that cannot be used; the earlier content stays. */
  record Refused(Exception why) implements ReloadOutcome {}
}
