package dev.peer.core.flow;

import dev.peer.core.record.RunRecord;
import java.time.Duration;

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
   * @param limit how long the run was allowed to take
   */
  record TimedOut(String stage, Duration limit) implements ExecutionResult {}
}
