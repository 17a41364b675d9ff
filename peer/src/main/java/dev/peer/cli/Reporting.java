package dev.peer.cli;

import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/** The options that say how a run or replay is shown, and the report at its end. */
final class Reporting {

  private static final double MILLIS_PER_SECOND = 1000.0;

  @Option(names = "--timings", description = "then say on stderr how long each step took")
  private boolean timings;

  @Option(
      names = "--json",
      description = "print what it came to as JSON; the test's own stdout goes to stderr")
  private boolean json;

  @Option(
      names = "--raw",
      description = "show a terminal the output's bytes as they are, not colours alone")
  private boolean raw;

  private boolean done;

  /** A command that tells its report what it finds out. */
  @FunctionalInterface
  interface Body {

    /** Returns the exit code. */
    int run(RunReport report) throws Exception;
  }

  /** Runs a command and reports, in whatever way it ends. */
  int around(Output output, Body body) throws Exception {
    if (json) {
      output.divertStdout();
    }
    if (raw) {
      output.raw();
    }
    RunReport report = new RunReport();
    int exitCode;
    try {
      exitCode = body.run(report);
    } catch (Exception e) {
      Failure failure = Failure.of(e);
      report(output, report, failure.exitCode(), failure.message(), failure.hint());
      throw e;
    }
    report(output, report, exitCode, report.message(), "");
    return exitCode;
  }

  /** Refuses {@code --json} with what shows something else. */
  void requireNoJson(String what) throws CommandException {
    if (json) {
      throw new CommandException(
          ExitCode.USAGE, what + " does not go with --json", "leave one of the two out");
    }
  }

  /** Reports a pass now, for a command that stays to serve. */
  void passed(Output output, RunReport report) {
    report(output, report, ExitCode.PASSED, "", "");
  }

  private void report(Output output, RunReport report, int exitCode, String message, String hint) {
    if (done) {
      return;
    }
    done = true;
    List<Timeline.Step> steps = output.timeline().steps();
    if (timings) {
      table(output, steps);
    }
    if (json) {
      output.print(report.text(outcome(exitCode), exitCode, message, hint, steps));
    }
  }

  private static String outcome(int exitCode) {
    return switch (exitCode) {
      case ExitCode.PASSED -> "passed";
      case ExitCode.TESTS_FAILED -> "failed";
      case ExitCode.USAGE -> "refused";
      case ExitCode.NO_RESULT -> "no-result";
      case ExitCode.NOTHING_VERIFIED -> "unverified";
      case ExitCode.TIME_LIMIT -> "timed-out";
      case ExitCode.INTERRUPTED -> "interrupted";
      default -> "infrastructure-error";
    };
  }

  private static void table(Output output, List<Timeline.Step> steps) {
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
