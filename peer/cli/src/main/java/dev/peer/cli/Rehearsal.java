package dev.peer.cli;

import dev.peer.cli.console.Output;
import dev.peer.cli.run.HeadStart;
import dev.peer.config.CallContext;
import dev.peer.config.ConfigException;
import dev.peer.report.Interruption;
import dev.peer.terminal.StandardStream;
import dev.peer.terminal.StatusLine;
import java.util.Arrays;
import java.util.Optional;

/** Several commands in one process, so that {@code lib/train.sh} trains with all. */
final class Rehearsal {

  private Rehearsal() {}

  /**
   * Runs them in their order, and exits with the code of the first that fails. All but the last
   * show what they show a person at a terminal.
   *
   * @param commands each with its words, separated by spaces
   */
  public static void main(String[] commands) throws ConfigException {
    HeadStart.of(commands[0]);
    int last = commands.length - 1;
    for (String command : Arrays.asList(commands).subList(0, last)) {
      Output output = toAPerson();
      int exitCode =
          Main.run(CallContext.ofProcess(), output, Interruption.ofThread(), command.split(" "));
      output.end();
      if (exitCode != 0) {
        System.exit(exitCode);
      }
    }
    Main.main(commands[last].split(" "));
  }

  private static Output toAPerson() {
    long here = ProcessHandle.current().pid();
    return new Output(
        StandardStream.STDOUT,
        true,
        StandardStream.STDERR,
        true,
        Optional.of(stderr -> StatusLine.ofOther(here, () -> 0, stderr)));
  }
}
