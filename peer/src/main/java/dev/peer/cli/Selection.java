package dev.peer.cli;

import dev.peer.config.ConfigException;
import dev.peer.source.SourceException;
import dev.peer.vm.image.ImageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which run a command is about, and where its artifacts go. */
final class Selection {

  @Mixin private TargetChoice target;

  @Option(names = "--artifacts", paramLabel = "DIR", description = "copy the artifacts to DIR")
  private Path artifacts;

  /** Reads the repository that the working directory is in. */
  Subject subject(Output output)
      throws SourceException, ConfigException, ImageException, IOException, CommandException {
    return target.subject(output);
  }

  /** The directory for the artifacts, if they are to be copied. */
  Optional<Path> artifacts() {
    return Optional.ofNullable(artifacts);
  }
}
