package dev.peer.cli.daemon;

import dev.peer.cli.console.LogOptions;
import dev.peer.cli.option.DurationConverter;
import dev.peer.cli.syntax.Option;
import dev.peer.cli.syntax.Syntax;
import dev.peer.cli.syntax.SyntaxPart;
import dev.peer.core.id.RepoId;
import dev.peer.daemonhost.DaemonPlan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The options of a daemon, in the foreground and in the background. */
final class DaemonOptions implements SyntaxPart {

  private final Option<List<RepoId>> mirrored =
      Option.repeated(
              "--mirror",
              "REPO",
              RepoId.class,
              "keep copies of the results of these repositories, named as in PEER_REPO")
          .readBy(new RepoConverter());

  private final Option<Boolean> runtimes =
      Option.flag(
          "--runtimes",
          "with --mirror: keep copies of prepared runtimes too, within PEER_CACHE_MAX_BYTES");

  private final Option<List<Path>> watched =
      Option.repeated(
          "--watch",
          "DIR",
          Path.class,
          "run each new commit of the repository in this directory, and what its crontab says"
              + " (mk /var/run/ci/crontab)");

  private final Option<Integer> jobs =
      Option.of(
              "--jobs",
              "N",
              int.class,
              "how many machines run at once (default: half of the processors)")
          .initially(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));

  private final Option<Duration> idle =
      Option.of(
              "--idle",
              "TIME",
              Duration.class,
              "end after this time without work, such as 1h; work is a command that it does, a run,"
                  + " or a request of another peer")
          .readBy(new DurationConverter());

  private final LogOptions logging = new LogOptions();

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
    return new DaemonPlan(
        mirrored.value(), runtimes.value(), watched.value(), jobs.value(), idle.given());
  }

  LogOptions logging() {
    return logging;
  }

  @Override
  public void addTo(Syntax command) {
    command.takes(mirrored, runtimes, watched, jobs, idle, logging);
  }
}
