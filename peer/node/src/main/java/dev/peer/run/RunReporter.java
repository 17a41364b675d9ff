package dev.peer.run;

import dev.peer.report.ExitCode;
import dev.peer.report.Failure;
import dev.peer.report.OwnProcessException;
import dev.peer.report.RunOutput;
import dev.peer.report.Timeline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reports at the end of a command, in whatever way it ends, or as soon as there is a result. */
public final class RunReporter {

  private static final double MILLIS_PER_SECOND = 1000.0;

  private final boolean timings;
  private final boolean json;
  private final Optional<Path> summary;
  private boolean done;

  /**
   * Reports as it was asked for.
   *
   * @param timings whether to say how long each step took
   * @param json whether to print the outcome
   * @param summary the file that receives a {@link JobSummary}
   */
  public RunReporter(boolean timings, boolean json, Optional<Path> summary) {
    this.summary = summary;
    this.timings = timings;
    this.json = json;
  }

  /** A command that fills its report. */
  @FunctionalInterface
  public interface Body {

    /** Returns the exit code. */
    ExitCode run(RunReport report) throws Exception;
  }

  /** Runs a command and reports, in whatever way it ends. */
  public ExitCode around(RunOutput output, Body body) throws Exception {
    RunReport report = new RunReport();
    ExitCode exitCode;
    try {
      exitCode = body.run(report);
    } catch (OwnProcessException e) {
      // Another process does it, and reports.
      throw e;
    } catch (Exception e) {
      Failure failure = Failure.of(e);
      report(output, report, failure.exitCode(), failure.message(), failure.hint());
      throw e;
    }
    report(output, report, exitCode, report.message(), "");
    return exitCode;
  }

  /** Reports a pass now, for a command that stays to serve. */
  public void passed(RunOutput output, RunReport report) {
    report(output, report, ExitCode.PASSED, "", "");
  }

  /** Somebody else has reported. */
  public void reportedElsewhere() {
    done = true;
  }

  private void report(
      RunOutput output, RunReport report, ExitCode exitCode, String message, String hint) {
    if (done) {
      return;
    }
    done = true;
    List<Timeline.Step> steps = output.timeline().steps();
    if (timings) {
      table(output, steps);
    }
    summary.ifPresent(file -> append(output, file, report.summary(outcome(exitCode), message)));
    if (json) {
      output.print(report.text(outcome(exitCode), exitCode, message, hint, steps));
    }
  }

  /** It is not worth an error: the run has ended. */
  private static void append(RunOutput output, Path file, String block) {
    try {
      JobSummary.append(file, block);
    } catch (IOException e) {
      output.say(
          "warning: no summary is written to "
              + file
              + " ("
              + JobSummary.VARIABLE
              + "): "
              + e.getMessage());
    }
  }

  private static String outcome(ExitCode exitCode) {
    return switch (exitCode) {
      case PASSED -> "passed";
      case TESTS_FAILED -> "failed";
      case USAGE -> "refused";
      case NO_RESULT -> "no-result";
      case NOTHING_VERIFIED -> "unverified";
      case TIME_LIMIT -> "timed-out";
      case INTERRUPTED -> "interrupted";
      case INFRASTRUCTURE -> "infrastructure-error";
    };
  }

  private static void table(RunOutput output, List<Timeline.Step> steps) {
    double total = 0;
    for (Timeline.Step step : steps) {
      double seconds = step.duration().toMillis() / MILLIS_PER_SECOND;
      total += seconds;
      output.say(line(step.name(), seconds));
    }
    output.say(line("total", total));
  }

  private static String line(String name, double seconds) {
    return String.format(Locale.ROOT, "time: %-12s %8.3f s", name, seconds);
  }
}
