package dev.peer.cli.daemon;

import dev.peer.cli.console.LogOptions;
import dev.peer.cli.option.DurationConverter;
import dev.peer.core.id.RepoId;
import dev.peer.daemonhost.DaemonPlan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options of a daemon, in the foreground and in the background. */
final class DaemonOptions {

  @Option(
      names = "--mirror",
      paramLabel = "REPO",
      arity = "1..*",
      converter = RepoConverter.class,
      description = "keep copies of the results of these repositories, named as in PEER_REPO")
  private List<RepoId> mirrored = List.of();

  @Option(
      names = "--watch",
      paramLabel = "DIR",
      arity = "1..*",
      description = {
        "run each new commit of the repository in this directory, and what its crontab says"
            + " (mk /var/run/ci/crontab)"
      })
  private List<Path> watched = List.of();

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description = "how many machines run at once (default: half of the processors)")
  private int jobs = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

  @Option(
      names = "--idle",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = {
        "end after this time without work, such as 1h: a command that it does, a run, or a request"
            + " of another peer"
      })
  private Duration idle;

  @Mixin private LogOptions logging;

  static final class RepoConverter implements ITypeConverter<RepoId> {
    @Override
    public RepoId convert(String text) {
      try {
        return new RepoId(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  DaemonPlan plan() {
    return new DaemonPlan(mirrored, watched, jobs, Optional.ofNullable(idle));
  }

  LogOptions logging() {
    return logging;
  }
}
