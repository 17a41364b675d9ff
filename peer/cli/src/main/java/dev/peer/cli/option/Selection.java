package dev.peer.cli.option;

import dev.peer.cli.console.Output;
import dev.peer.config.CallContext;
import dev.peer.config.ConfigException;
import dev.peer.daemon.RunOptions;
import dev.peer.daemon.RunRequest;
import dev.peer.report.CommandException;
import dev.peer.run.RunTarget;
import dev.peer.source.SourceException;
import dev.peer.vm.image.ImageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which run a command is about, and where its artifacts go. */
public final class Selection {

  @Mixin private TargetChoice target;

  @Option(names = "--artifacts", paramLabel = "DIR", description = "copy the artifacts to DIR")
  private Path artifacts;

  /** Reads the repository that the working directory is in. */
  public RunTarget subject(CallContext call, Output output)
      throws SourceException, ConfigException, ImageException, IOException, CommandException {
    return target.subject(call, output);
  }

  /** To be run by the daemon, from the working directory. */
  public RunRequest request(
      CallContext call, RunOptions options, SortedMap<String, String> settings) {
    return target.request(call, options, settings);
  }

  /** The directory for the artifacts, if they are to be copied. */
  public Optional<Path> artifacts() {
    return Optional.ofNullable(artifacts);
  }
}
