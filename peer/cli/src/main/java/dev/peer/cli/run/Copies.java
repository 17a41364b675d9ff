package dev.peer.cli.run;

import dev.peer.cli.option.DurationConverter;
import dev.peer.cli.syntax.Option;
import dev.peer.cli.syntax.Syntax;
import dev.peer.cli.syntax.SyntaxPart;
import dev.peer.daemon.RunOptions;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import java.time.Duration;

/** The options by which a run leaves once others hold its result. */
final class Copies implements SyntaxPart {

  /** A lookup names no more holders than 16, ourselves among them. */
  private static final int MOST = 15;

  private final Option<Integer> copies =
      Option.of(
              "--copies",
              "N",
              int.class,
              "leave as soon as N other peers hold the result (see `peer daemon --mirror`)")
          .initially(0);

  private final Option<Duration> wait =
      Option.of(
              "--copies-wait",
              "DURATION",
              Duration.class,
              "how long to wait for that, then leave (default: ${DEFAULT-VALUE})")
          .readBy(new DurationConverter())
          .byDefault("1m");

  /** Whether the run is to wait for copies. */
  boolean wanted() {
    return copies.value() != 0;
  }

  /** What was asked for. */
  RunOptions.Copies asked() throws CommandException {
    int number = copies.value();
    if (number < 0 || number > MOST) {
      throw new CommandException(
          ExitCode.USAGE,
          "--copies: a number from 1 to " + MOST + " was expected, not " + number,
          "as many as there are peers that mirror the repository");
    }
    return new RunOptions.Copies(number, wait.value());
  }

  @Override
  public void addTo(Syntax command) {
    command.takes(copies, wait);
  }
}
