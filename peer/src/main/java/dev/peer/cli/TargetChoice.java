package dev.peer.cli;

import dev.peer.config.ConfigException;
import dev.peer.source.GitRepository;
import dev.peer.source.SourceException;
import dev.peer.vm.image.ImageException;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which run a command is about. */
final class TargetChoice {

  @Parameters(
      index = "0",
      arity = "0..1",
      defaultValue = "test",
      description = "mk target (default: ${DEFAULT-VALUE})")
  private String target;

  @Parameters(index = "1..*", arity = "0..*", description = "further arguments of mk")
  private List<String> arguments = List.of();

  @Option(
      names = "--rev",
      defaultValue = GitRepository.DEFAULT_REVISION,
      description = "revision of the repository (default: ${DEFAULT-VALUE})")
  private String revision;

  /** Reads the repository that the working directory is in. */
  Subject subject(Output output)
      throws SourceException, ConfigException, ImageException, IOException, CommandException {
    return Subject.of(output, Surroundings.ofProcess(), revision, target, arguments);
  }
}
