package dev.peer.cli.run;

import dev.peer.cli.console.Output;
import dev.peer.config.CallContext;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.run.JobSummary;
import dev.peer.run.RunReport;
import dev.peer.run.RunReporter;
import picocli.CommandLine.Option;

/** The options that say how a run or replay is shown, and the report at its end. */
final class ReportOptions {

  @Option(names = "--timings", description = "print on stderr how long each step took")
  private boolean timings;

  @Option(
      names = "--json",
      description = "print the outcome as JSON; the test's own stdout goes to stderr")
  private boolean json;

  @Option(
      names = "--raw",
      description = "show a terminal the output's bytes as they are, not colours alone")
  private boolean raw;

  /** A command that fills its report, and can print it before it ends. */
  @FunctionalInterface
  interface Body {

    /** Returns the exit code. */
    ExitCode run(RunReport report, RunReporter reporter) throws Exception;
  }

  /** Runs a command and reports, in whatever way it ends. */
  ExitCode around(CallContext call, Output output, Body body) throws Exception {
    show(output);
    RunReporter reporter = new RunReporter(timings, json, JobSummary.file(call.environment()));
    return reporter.around(output, report -> body.run(report, reporter));
  }

  /** From now on the output is shown as these options say. */
  void show(Output output) {
    if (json) {
      output.divertStdout();
    }
    if (raw) {
      output.raw();
    }
    if (!json && !raw) {
      output.showProgress();
    }
  }

  boolean timings() {
    return timings;
  }

  boolean json() {
    return json;
  }

  /** Refuses {@code --json} with an option that prints something else. */
  void requireNoJson(String what) throws CommandException {
    if (json) {
      throw new CommandException(
          ExitCode.USAGE, what + " does not go with --json", "leave one of the two out");
    }
  }
}
