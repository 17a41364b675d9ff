package dev.peer.daemonhost;

import dev.peer.config.ConfigException;
import dev.peer.config.PeerSettings;
import dev.peer.core.id.RepoId;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a daemon does.
 *
 * @param mirrored the repositories that it keeps copies of, each once
 * @param runtimes whether it keeps copies of their prepared runtimes, too
 * @param watched the repositories whose commits and crontabs it runs
 * @param jobs how many machines run at once
 * @param idle how long it may have no work before it ends; empty: as long as it likes
 */
public record DaemonPlan(
    List<RepoId> mirrored,
    boolean runtimes,
    List<Path> watched,
    int jobs,
    Optional<Duration> idle) {

  /** Half of the streams that a rendezvous gives to one identity, so that it can start again. */
  private static final int MOST_MIRRORED = 32;

  private static final int MOST_JOBS = 64;

  private static final int MOST_WATCHED = 64;

  public DaemonPlan {
    mirrored = mirrored.stream().distinct().toList();
    watched = List.copyOf(watched);
  }

  /** Refuses impossible options. */
  public void requireUsable(PeerSettings peer) throws ConfigException, CommandException {
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
    if (peer.reach().rendezvous().isEmpty() && !mirrored.isEmpty()) {
      throw new ConfigException(
          "--mirror needs PEER_RENDEZVOUS, which is not set: no rendezvous would name results",
          "set it to your team's rendezvous, such as https://meet.example.org:7443");
    }
    if (runtimes && mirrored.isEmpty()) {
      throw new CommandException(
          ExitCode.USAGE,
          "--runtimes: no repository is mirrored",
          "name those whose runtimes are to be copied with --mirror");
    }
    if (mirrored.size() > MOST_MIRRORED) {
      throw new CommandException(
          ExitCode.USAGE,
          "--mirror: at most " + MOST_MIRRORED + " repositories",
          "start another daemon for the others, with a PEER_HOME of its own");
    }
  }
}
