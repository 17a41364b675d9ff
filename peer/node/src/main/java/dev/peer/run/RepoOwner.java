package dev.peer.run;

import dev.peer.config.CallContext;
import dev.peer.config.ConfigException;
import dev.peer.config.PeerSettings;
import dev.peer.config.Settings;
import dev.peer.core.id.LocalRepo;
import dev.peer.source.GitRepository;
import dev.peer.source.Revision;
import dev.peer.source.SourceException;
import java.util.Map;
import java.util.Optional;

/**
 * Whose everything is that this machine keeps: the repository that {@code PEER_REPO} of the
 * environment names, else the one that git's configuration and history say it is. Never the one
 * that a revision's {@code .env} names: any repository could give itself the name of another there.
 */
public final class RepoOwner {

  private RepoOwner() {}

  /** For the repository that a command was called in. */
  public static LocalRepo here(CallContext call) throws ConfigException, SourceException {
    Optional<LocalRepo> named = named(call.environment());
    if (named.isPresent()) {
      return named.get();
    }
    try (GitRepository git = GitRepository.open(call.directory(), call.environment())) {
      return git.names().local(git.resolve(GitRepository.DEFAULT_REVISION));
    }
  }

  /** For a revision, with the variables of the caller. */
  static LocalRepo of(Map<String, String> environment, GitRepository git, Revision revision)
      throws ConfigException, SourceException {
    Optional<LocalRepo> named = named(environment);
    return named.isPresent() ? named.get() : git.names().local(revision);
  }

  private static Optional<LocalRepo> named(Map<String, String> environment) throws ConfigException {
    return PeerSettings.repo(Settings.of(environment)).map(LocalRepo::named);
  }
}
