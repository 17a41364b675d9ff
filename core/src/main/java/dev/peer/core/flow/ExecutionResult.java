package dev.peer.core.flow;

import dev.peer.core.record.RunRecord;
import dev.peer.core.record.TestReport;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How a run ended, where the machinery worked. */
public sealed interface ExecutionResult {

  /** Every stage passed; the record's files are those of the request. */
  record Passed(RunRecord record) implements ExecutionResult {}

  /**
   * A recipe of the revision failed.
   *
   * @param stage the stage: {@code prepare}, {@code test}, {@code artifacts} or {@code post-test}
   * @param exitCode mk's exit code, not 0
   * @param report what the reports of the tests say; empty if there is none
   */
  record Failed(String stage, int exitCode, Optional<TestReport> report)
      implements ExecutionResult {

    /** A failure without reports. */
    public Failed(String stage, int exitCode) {
      this(stage, exitCode, Optional.empty());
    }
  }

  /**
   * The revision cannot be run as it is.
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
   * @param lastLines the stage's last few lines of output, safe to show
   */
  record TimedOut(String stage, Scope scope, Duration limit, List<String> lastLines)
      implements ExecutionResult {

    /** The scope of a time limit. */
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
