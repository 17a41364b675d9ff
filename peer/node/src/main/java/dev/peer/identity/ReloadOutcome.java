package dev.peer.identity;

/** What came of a look at files. */
public sealed interface ReloadOutcome {

  /** What was read before is what there is, or there is nothing new to say. */
  record Unchanged() implements ReloadOutcome {}

  /** There is something else, and it counts from now on. */
  record Taken() implements ReloadOutcome {}

  /** There is something else that cannot be used; what was read before stays. */
  record Refused(Exception why) implements ReloadOutcome {}
}
