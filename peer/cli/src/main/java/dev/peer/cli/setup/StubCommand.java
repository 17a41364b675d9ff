package dev.peer.cli.setup;

import dev.peer.cli.console.Output;
import dev.peer.cli.option.HelpText;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code peer stub}. */
@Command(
    name = "stub",
    description = {
      "Print the file that calls `peer run` from a CI platform",
      "The file has a job for each target and runs on each push. Its first lines say where it"
          + " goes and what it needs.",
      "PLATFORM is github, gitlab, forgejo, woodpecker, jenkins or buildkite."
    },
    mixinStandardHelpOptions = true,
    footerHeading = HelpText.EXAMPLES,
    footer = {
      "  peer stub github test lint >.github/workflows/peer.yml",
      "  peer stub gitlab >.gitlab-ci.yml"
    })
public final class StubCommand implements Callable<Integer> {

  private final Output output;

  @Parameters(index = "0", paramLabel = "PLATFORM", description = "the CI platform")
  private String platform;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "TARGET",
      description = "mk targets (default: test)")
  private List<String> targets = List.of();

  public StubCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws CommandException {
    try {
      String stub = CiPlatform.parse(platform).stub(targets.isEmpty() ? List.of("test") : targets);
      stub.lines().forEach(output::print);
      return ExitCode.PASSED.number();
    } catch (IllegalArgumentException e) {
      throw new CommandException(
          ExitCode.USAGE, e.getMessage(), "such as `peer stub github test lint`", e);
    }
  }
}
