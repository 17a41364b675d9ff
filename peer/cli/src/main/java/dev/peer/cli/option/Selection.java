package dev.peer.cli.option;

import dev.peer.cli.console.Output;
import dev.peer.cli.syntax.Option;
import dev.peer.cli.syntax.Syntax;
import dev.peer.cli.syntax.SyntaxPart;
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

/** Which run a command is about, and where its artifacts go. */
public final class Selection implements SyntaxPart {

  private final TargetChoice target = new TargetChoice();

  private final Option<Path> artifacts =
      Option.of("--artifacts", "DIR", Path.class, "copy the artifacts to DIR");

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
    return artifacts.given();
  }

  @Override
  public void addTo(Syntax command) {
    command.takes(target, artifacts);
  }
}
