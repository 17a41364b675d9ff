package dev.peer.source;

import dev.peer.core.id.CommitId;
import dev.peer.core.id.Digest;
import dev.peer.core.id.LocalRepo;
import dev.peer.core.id.RepoId;
import dev.peer.source.command.GitCommand;
import dev.peer.source.command.SshCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;

/** What a repository is called: among the peers, and on this machine. */
public final class RepositoryNames {

  private final Repository git;

  RepositoryNames(Repository git) {
    this.git = git;
  }

  /**
   * The name across machines: the one that the URL of {@code origin} leads to ({@link RemoteName}),
   * or, where that is a place on this machine only, from the first commit: the one that the
   * revision comes to by first parents.
   */
  public RepoId id(Revision revision) throws SourceException {
    Optional<RemoteName> remote = remoteName(Constants.DEFAULT_REMOTE_NAME);
    return remote.isPresent() ? remote.get().id() : RepoId.ofRootCommit(rootOf(revision));
  }

  /** Why other machines may know the repository by another name, where they may. */
  public Optional<String> doubt() throws SourceException {
    return remoteName(Constants.DEFAULT_REMOTE_NAME).flatMap(RemoteName::doubt);
  }

  /** The name that a team may share: that of a fork's {@code upstream}, else of {@code origin}. */
  public Optional<RepoId> shared() throws SourceException {
    Optional<RemoteName> upstream = remoteName("upstream");
    return (upstream.isPresent() ? upstream : remoteName(Constants.DEFAULT_REMOTE_NAME))
        .map(RemoteName::id);
  }

  private Optional<RemoteName> remoteName(String remote) throws SourceException {
    Optional<String> url = urlOf(remote);
    if (url.isEmpty()) {
      return Optional.empty();
    }
    try {
      GitCommand command = new GitCommand(git.getDirectory().toPath());
      return RemoteName.of(remote, url.get(), command, SshCommand::configuration);
    } catch (IllegalArgumentException e) {
      // The URL stays out of the message: it may hold a password.
      throw new SourceException(
          "the URL of " + remote + " does not give a repository id",
          "name the repository with PEER_REPO",
          e);
    } catch (IOException e) {
      throw GitRepository.unreadable(e);
    }
  }

  private Optional<String> urlOf(String remote) {
    return Optional.ofNullable(git.getConfig().getString("remote", remote, "url"));
  }

  /**
   * The repository as this machine knows it: by the URL of {@code origin} as it is written, else by
   * the first commit, or by the clone's path if that is unknown. What is kept stays with a clone
   * whatever leads to a name among the peers.
   */
  public LocalRepo local(Revision revision) {
    try {
      Optional<RepoId> written = urlOf(Constants.DEFAULT_REMOTE_NAME).flatMap(RepoId::ofRemote);
      return LocalRepo.named(
          written.isPresent() ? written.get() : RepoId.ofRootCommit(rootOf(revision)));
    } catch (SourceException | IllegalArgumentException e) {
      byte[] place = git.getCommonDirectory().getAbsolutePath().getBytes(StandardCharsets.UTF_8);
      return new LocalRepo(new RepoId("clone:" + Digest.of(place).hex()));
    }
  }

  private CommitId rootOf(Revision revision) throws SourceException {
    Set<ObjectId> cut = GitRepository.shallowCommits(git);
    try (ObjectReader objects = git.newObjectReader()) {
      ObjectId id = ObjectId.fromString(revision.commit().hex());
      // One commit at a time: a walk would keep the whole history.
      while (!cut.contains(id)) {
        RevCommit commit = RevCommit.parse(objects.open(id, Constants.OBJ_COMMIT).getCachedBytes());
        if (commit.getParentCount() == 0) {
          return new CommitId(id.name());
        }
        id = commit.getParent(0).copy();
      }
    } catch (IOException e) {
      throw GitRepository.unreadable(e);
    }
    throw new SourceException(
        "the repository cannot be named: no origin on another machine, and a shallow clone does"
            + " not have the first commit",
        "name the repository with PEER_REPO, or `git fetch --unshallow`");
  }
}
