package dev.peer.cli.setup;

import dev.peer.cli.console.Output;
import dev.peer.cli.syntax.Positional;
import dev.peer.cli.syntax.Syntax;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code peer stub}. */
public final class StubCommand implements Callable<Integer> {

  private final Output output;

  private final Positional<String> platform =
      Positional.at(0, "PLATFORM", String.class, "the CI platform");

  private final Positional<List<String>> targets =
      Positional.from(1, "TARGET", String.class, "mk targets (default: test)");

  public StubCommand(Output output) {
    this.output = output;
  }

  /** How it is called. */
  public Syntax syntax() {
    return Syntax.of(
            "stub",
            this,
            "Print the file that calls `peer run` from a CI platform",
            "The file has a job for each target and runs on each push. Its first lines say where it"
                + " goes and what it needs.",
            "PLATFORM is github, gitlab, forgejo, woodpecker, jenkins or buildkite.")
        .examples(
            "  peer stub github test lint >.github/workflows/peer.yml",
            "  peer stub gitlab >.gitlab-ci.yml")
        .takes(platform, targets);
  }

  @Override
  public Integer call() throws CommandException {
    try {
      String stub =
          CiPlatform.parse(platform.value())
              .stub(targets.value().isEmpty() ? List.of("test") : targets.value());
      stub.lines().forEach(output::print);
      return ExitCode.PASSED.number();
    } catch (IllegalArgumentException e) {
      throw new CommandException(
          ExitCode.USAGE, e.getMessage(), "such as `peer stub github test lint`", e);
    }
  }
}
