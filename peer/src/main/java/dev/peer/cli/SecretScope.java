package dev.peer.cli;

import dev.peer.config.ConfigException;
import dev.peer.config.PeerSettings;
import dev.peer.config.Settings;
import dev.peer.core.id.RepoId;
import dev.peer.source.GitRepository;
import dev.peer.source.SourceException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Whose the secrets are that this machine keeps: the repository that {@code PEER_REPO} of the
 * environment names, else the one that git's configuration and history say it is. Never the one
 * that a revision's {@code .env} names: any repository could give itself the name of another there.
 */
final class SecretScope {

  private SecretScope() {}

  /** For the repository that the working directory is in. */
  static RepoId here() throws ConfigException, SourceException {
    Optional<RepoId> named = named(System.getenv());
    if (named.isPresent()) {
      return named.get();
    }
    try (GitRepository git = GitRepository.open(Path.of("").toAbsolutePath())) {
      return git.repoId(git.resolve(GitRepository.DEFAULT_REVISION));
    }
  }

  /** For the repository of a run. */
  static RepoId of(Subject subject) throws ConfigException, SourceException {
    Optional<RepoId> named = named(subject.surroundings().environment());
    return named.isPresent() ? named.get() : subject.git().repoId(subject.revision());
  }

  private static Optional<RepoId> named(Map<String, String> environment) throws ConfigException {
    return PeerSettings.repo(Settings.of(environment));
  }
}
