package dev.peer.cli.option;

import dev.peer.cli.console.Output;
import dev.peer.cli.syntax.Option;
import dev.peer.cli.syntax.Positional;
import dev.peer.cli.syntax.Syntax;
import dev.peer.cli.syntax.SyntaxPart;
import dev.peer.config.CallContext;
import dev.peer.config.ConfigException;
import dev.peer.daemon.Reason;
import dev.peer.daemon.RunOptions;
import dev.peer.daemon.RunRequest;
import dev.peer.daemon.RunSubject;
import dev.peer.report.CommandException;
import dev.peer.run.RunTarget;
import dev.peer.source.GitRepository;
import dev.peer.source.SourceException;
import dev.peer.vm.image.ImageException;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;

/** Which run a command is about. */
public final class TargetChoice implements SyntaxPart {

  private final Positional<String> target =
      Positional.at(0, "<target>", String.class, "mk target (default: ${DEFAULT-VALUE})")
          .byDefault("test");

  private final Positional<List<String>> arguments =
      Positional.from(1, "<arguments>", String.class, "further arguments of mk");

  private final Option<String> revision =
      Option.of(
              "--rev",
              "<revision>",
              String.class,
              "revision of the repository (default: ${DEFAULT-VALUE})")
          .byDefault(GitRepository.DEFAULT_REVISION);

  /** To be run by the daemon, from the working directory. */
  RunRequest request(CallContext call, RunOptions options, SortedMap<String, String> settings) {
    return new RunRequest(
        new RunSubject(call.directory(), revision.value(), target.value(), arguments.value()),
        new Reason(Reason.Kind.REQUEST, "pid " + ProcessHandle.current().pid()),
        options,
        settings);
  }

  /** Reads the repository that the working directory is in. */
  public RunTarget subject(CallContext call, Output output)
      throws SourceException, ConfigException, ImageException, IOException, CommandException {
    return RunTarget.of(output, call, revision.value(), target.value(), arguments.value());
  }

  @Override
  public void addTo(Syntax command) {
    command.takes(target, arguments, revision);
  }
}
