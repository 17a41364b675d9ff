package dev.peer.cli;

import dev.peer.config.ConfigException;
import dev.peer.config.PeerSettings;
import dev.peer.core.id.RepoId;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What a daemon does, in the foreground and in the background. */
final class DaemonOptions {

  /** Half of the streams that a rendezvous gives to one identity, so that it can start again. */
  private static final int MOST_MIRRORED = 32;

  private static final int MOST_JOBS = 64;

  private static final int MOST_WATCHED = 64;

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

  @Mixin private Logging logging;

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

  /** What it keeps copies of, each once. */
  List<RepoId> mirrored() {
    return mirrored.stream().distinct().toList();
  }

  /** The repositories whose commits and crontabs it runs. */
  List<Path> watched() {
    return List.copyOf(watched);
  }

  /** How many machines run at once. */
  int jobs() {
    return jobs;
  }

  Logging logging() {
    return logging;
  }

  /** Refuses what can not come to pass. */
  void requireUsable(PeerSettings peer) throws ConfigException, CommandException {
    if (jobs < 1 || jobs > MOST_JOBS) {
      throw new CommandException(
          ExitCode.USAGE,
          "--jobs: a number from 1 to " + MOST_JOBS + " was expected, not " + jobs,
          "each is a machine with the processors and the memory of PEER_CPUS and PEER_MEMORY");
    }
    if (watched.size() > MOST_WATCHED) {
      throw new CommandException(
          ExitCode.USAGE,
          "--watch: at most " + MOST_WATCHED + " repositories",
          "start another daemon for the others, with a PEER_HOME of its own");
    }
    if (peer.rendezvous().isEmpty() && !mirrored.isEmpty()) {
      throw new ConfigException(
          "--mirror needs PEER_RENDEZVOUS, which is not set: nobody would say what there is",
          "set it to where the team meets, such as https://meet.example.org:7443");
    }
    if (mirrored().size() > MOST_MIRRORED) {
      throw new CommandException(
          ExitCode.USAGE,
          "--mirror: at most " + MOST_MIRRORED + " repositories",
          "start another daemon for the others, with a PEER_HOME of its own");
    }
  }
}
