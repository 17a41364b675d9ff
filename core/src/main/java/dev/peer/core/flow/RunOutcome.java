package dev.peer.core.flow;

import dev.peer.core.find.Replayable;
import dev.peer.core.record.RunRecord;
import java.util.Optional;

/** The outcome of a run. */
public sealed interface RunOutcome {

  /** There is a verified result. */
  sealed interface WithResult extends RunOutcome {

    /** The result, to be closed. */
    Replayable result();
  }

  /** A compatible result was there, or a run elsewhere was followed until there was one. */
  record Replayed(Replayable result) implements WithResult {}

  /**
   * The tests ran and passed; the result is signed and stored.
   *
   * @param announced its announcement, to be closed before the result; empty if it was not
   *     announced
   */
  record Ran(Replayable result, Optional<Announcer.Announcement> announced) implements WithResult {}

  /**
   * The tests passed, and no valid signature exists: the run's files must not be published, or the
   * own rules refuse the own signature. Nothing of it is stored.
   *
   * @param why one line, without the value of a secret
   */
  record RanUnsigned(RunRecord record, String why) implements RunOutcome {}

  /** The tests did not pass, or could not be run. */
  record NotPassed(ExecutionResult result) implements RunOutcome {}
}
