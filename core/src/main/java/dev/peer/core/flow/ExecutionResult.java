package dev.peer.core.flow;

import dev.peer.core.record.RunRecord;
import java.time.Duration;
import java.util.List;

/** How a run ended, where the machinery worked. */
public sealed interface ExecutionResult {

  /** Every stage passed; the record's files are those of the request. */
  record Passed(RunRecord record) implements ExecutionResult {}

  /**
   * A recipe of the revision failed.
   *
   * @param stage the stage: {@code prepare}, {@code test}, {@code artifacts} or {@code post-test}
   * @param exitCode mk's exit code, not 0
   */
  record Failed(String stage, int exitCode) implements ExecutionResult {}

  /**
   * The revision can not be run as it stands.
   *
   * @param stage where that was seen
   * @param message one line
   * @param hint what to do about it
   */
  record Refused(String stage, String message, String hint) implements ExecutionResult {}

  /**
   * The time was over.
   *
   * @param stage the stage that was cut off
   * @param scope whose time it was
   * @param limit how long that was allowed to take
   * @param lastLines what the stage printed last, a few lines fit to be shown
   */
  record TimedOut(String stage, Scope scope, Duration limit, List<String> lastLines)
      implements ExecutionResult {

    /** What a time limit holds for. */
    public enum Scope {
      RUN,
      STAGE
    }

    /** Copies the lines. */
    public TimedOut {
      lastLines = List.copyOf(lastLines);
    }
  }
}
