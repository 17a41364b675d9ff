package dev.peer.core.flow;

import dev.peer.core.record.RunRecord;

/** What a run came to. */
public sealed interface RunOutcome {

  /** There is a verified result. */
  sealed interface WithResult extends RunOutcome {

    /** The result, to be closed. */
    Replayable result();
  }

  /** A compatible result was there. */
  record Replayed(Replayable result) implements WithResult {}

  /** The tests ran and passed; the result is signed and stored. */
  record Ran(Replayable result) implements WithResult {}

  /**
   * The tests ran and passed, and this peer's own signature does not hold under its own rules.
   *
   * @param why one line
   */
  record RanUnsigned(RunRecord record, String why) implements RunOutcome {}

  /** The tests did not pass, or could not be run. */
  record NotPassed(ExecutionResult result) implements RunOutcome {}
}
