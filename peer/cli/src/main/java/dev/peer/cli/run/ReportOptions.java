package dev.peer.cli.run;

import dev.peer.cli.console.Output;
import dev.peer.cli.syntax.Option;
import dev.peer.cli.syntax.Syntax;
import dev.peer.cli.syntax.SyntaxPart;
import dev.peer.config.CallContext;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.run.JobSummary;
import dev.peer.run.RunReport;
import dev.peer.run.RunReporter;

/** The options that say how a run or replay is shown, and the report at its end. */
final class ReportOptions implements SyntaxPart {

  private final Option<Boolean> timings =
      Option.flag("--timings", "print on stderr how long each step took");

  private final Option<Boolean> json =
      Option.flag("--json", "print the outcome as JSON; the test's own stdout goes to stderr");

  private final Option<Boolean> raw =
      Option.flag("--raw", "show a terminal the output's bytes as they are, not colours alone");

  /** A command that fills its report, and can print it before it ends. */
  @FunctionalInterface
  interface Body {

    /** Returns the exit code. */
    ExitCode run(RunReport report, RunReporter reporter) throws Exception;
  }

  /** Runs a command and reports, in whatever way it ends. */
  ExitCode around(CallContext call, Output output, Body body) throws Exception {
    show(output);
    RunReporter reporter =
        new RunReporter(timings.value(), json.value(), JobSummary.file(call.environment()));
    return reporter.around(output, report -> body.run(report, reporter));
  }

  /** From now on the output is shown as these options say. */
  void show(Output output) {
    if (json.value()) {
      output.divertStdout();
    }
    if (raw.value()) {
      output.raw();
    }
    if (!json.value() && !raw.value()) {
      output.showProgress();
    }
  }

  boolean timings() {
    return timings.value();
  }

  boolean json() {
    return json.value();
  }

  /** Refuses {@code --json} with an option that prints something else. */
  void requireNoJson(String what) throws CommandException {
    if (json.value()) {
      throw new CommandException(
          ExitCode.USAGE, what + " does not go with --json", "leave one of the two out");
    }
  }

  @Override
  public void addTo(Syntax command) {
    command.takes(timings, json, raw);
  }
}
