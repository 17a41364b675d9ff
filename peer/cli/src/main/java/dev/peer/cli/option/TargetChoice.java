package dev.peer.cli.option;

import dev.peer.cli.console.Output;
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
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which run a command is about. */
public final class TargetChoice {

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

  /** To be run by the daemon, from the working directory. */
  RunRequest request(CallContext call, RunOptions options, SortedMap<String, String> settings) {
    return new RunRequest(
        new RunSubject(call.directory(), revision, target, arguments),
        new Reason(Reason.Kind.REQUEST, "pid " + ProcessHandle.current().pid()),
        options,
        settings);
  }

  /** Reads the repository that the working directory is in. */
  public RunTarget subject(CallContext call, Output output)
      throws SourceException, ConfigException, ImageException, IOException, CommandException {
    return RunTarget.of(output, call, revision, target, arguments);
  }
}
