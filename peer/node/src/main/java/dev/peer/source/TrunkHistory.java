package dev.peer.source;

import dev.peer.core.flow.Ancestry;
import dev.peer.core.flow.HistoryPosition;
import dev.peer.core.id.CommitId;
import dev.peer.core.id.TrunkName;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;

/**
 * The trunk of a repository, as this clone knows it: the branch that everybody has accepted.
 *
 * <p>It is a branch of {@code origin} and never a local one of the same name, which a checkout may
 * have moved; only in a repository without any remote is it the own {@code HEAD}. Names are full
 * refs, never guesses: a tag or another branch of a similar name is not found.
 */
public final class TrunkHistory implements Ancestry {

  private static final String ORIGIN = Constants.R_REMOTES + Constants.DEFAULT_REMOTE_NAME + "/";

  private final Repository git;
  private final Optional<TrunkName> named;

  /**
   * The trunk of this repository, which stays open.
   *
   * @param named its name, where the user says one
   */
  public TrunkHistory(GitRepository repository, Optional<TrunkName> named) {
    this.git = repository.repository();
    this.named = named;
  }

  /** The trunk's newest commit, or why there is none. */
  private sealed interface Tip {

    record Found(Ref ref) implements Tip {}

    record Unknown(String why) implements Tip {}
  }

  @Override
  public HistoryPosition standing(CommitId revision, Set<CommitId> asked) {
    try {
      return lookUp(revision, asked);
    } catch (IOException e) {
      return new HistoryPosition(
          false,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          GitRepository.unreadable(e).getMessage() + "; see `git fsck`");
    }
  }

  private HistoryPosition lookUp(CommitId revision, Set<CommitId> asked) throws IOException {
    try (RevWalk walk = new RevWalk(git)) {
      walk.setRetainBody(false);
      CommonHistory common = new CommonHistory(walk, git.getObjectDatabase().getShallowCommits());
      return switch (tip()) {
        case Tip.Found(Ref ref) ->
            common.standing(revision, Optional.of(ref.getObjectId()), asked, nameOf(ref));
        case Tip.Unknown(String why) -> common.standing(revision, Optional.empty(), asked, why);
      };
    }
  }

  /** Its newest commit, where this clone knows it. */
  Optional<ObjectId> newest() throws IOException {
    return switch (tip()) {
      case Tip.Found(Ref ref) -> Optional.of(ref.getObjectId());
      case Tip.Unknown _ -> Optional.empty();
    };
  }

  private static String nameOf(Ref ref) {
    return Repository.shortenRefName(ref.getLeaf().getName());
  }

  private Tip tip() throws IOException {
    if (named.isPresent()) {
      String ref = refOf(named.get());
      return found(
          ref,
          "PEER_TRUNK is "
              + named.get()
              + ", and this clone has no "
              + ref
              + ": fetch it, or set PEER_TRUNK to the full name of the trunk's ref");
    }
    if (git.getRemoteNames().isEmpty()) {
      return found(Constants.HEAD, "there is no commit on HEAD");
    }
    Ref head = git.exactRef(ORIGIN + Constants.HEAD);
    // A branch named HEAD, which anybody may push, is fetched to this place as a plain ref.
    if (head == null || !head.isSymbolic() || !head.getTarget().getName().startsWith(ORIGIN)) {
      return new Tip.Unknown(
          "this clone does not say which branch of origin the trunk is: `git remote set-head origin"
              + " --auto` has it say so, or set PEER_TRUNK");
    }
    return found(head.getName(), "origin/HEAD names a branch that this clone does not have");
  }

  private String refOf(TrunkName name) {
    if (name.isRef()) {
      return name.text();
    }
    return (git.getRemoteNames().isEmpty() ? Constants.R_HEADS : ORIGIN) + name.text();
  }

  private Tip found(String name, String otherwise) throws IOException {
    Ref ref = git.exactRef(name);
    return ref == null || ref.getObjectId() == null
        ? new Tip.Unknown(otherwise)
        : new Tip.Found(ref);
  }
}
