package dev.peer.cli.run;

import dev.peer.cli.option.DurationConverter;
import dev.peer.daemon.RunOptions;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import java.time.Duration;
import picocli.CommandLine.Option;

/** The options by which a run leaves once others hold its result. */
final class Copies {

  /** A lookup names no more holders than 16, ourselves among them. */
  private static final int MOST = 15;

  @Option(
      names = "--copies",
      paramLabel = "N",
      description = "leave as soon as N other peers hold the result (see `peer daemon --mirror`)")
  private int copies;

  @Option(
      names = "--copies-wait",
      paramLabel = "DURATION",
      defaultValue = "1m",
      converter = DurationConverter.class,
      description = "how long to wait for that, then leave (default: ${DEFAULT-VALUE})")
  private Duration wait;

  /** Whether the run is to wait for copies. */
  boolean wanted() {
    return copies != 0;
  }

  /** What was asked for. */
  RunOptions.Copies asked() throws CommandException {
    if (copies < 0 || copies > MOST) {
      throw new CommandException(
          ExitCode.USAGE,
          "--copies: a number from 1 to " + MOST + " was expected, not " + copies,
          "as many as there are peers that mirror the repository");
    }
    return new RunOptions.Copies(copies, wait);
  }
}
