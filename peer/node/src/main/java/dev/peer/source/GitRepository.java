package dev.peer.source;

import dev.peer.core.flow.GuestDirectory;
import dev.peer.core.id.CommitId;
import dev.peer.core.id.Digest;
import dev.peer.core.id.Printable;
import dev.peer.core.id.TreeId;
import dev.peer.core.key.CheckoutMode;
import dev.peer.core.path.PathSelection;
import dev.peer.lfs.ObjectDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import org.eclipse.jgit.errors.AmbiguousObjectException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.RevisionSyntaxException;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevObject;
import org.eclipse.jgit.revwalk.RevWalk;

/** A git repository, read only. Close it when done. Not for several threads at once. */
public final class GitRepository implements AutoCloseable {

  /** The revision that is meant where none is named. */
  public static final String DEFAULT_REVISION = Constants.HEAD;

  private final Repository git;
  private final MadeTrees made = MadeTrees.begin();
  private final Map<CommitId, HistoryTags> tags = new HashMap<>();
  private Optional<ObjectDirectory> keptLargeFiles = Optional.empty();

  private GitRepository(Repository git) {
    this.git = git;
  }

  /**
   * Finds the repository that the directory is in: a work tree, a linked work tree, a submodule or
   * a bare repository. Git's environment variables, such as {@code GIT_DIR}, are not asked.
   */
  public static GitRepository open(Path startDirectory) throws SourceException {
    return new GitRepository(RepositoryFinder.above(startDirectory));
  }

  /**
   * As the other, for a command of a user.
   *
   * @param environment the user's; git's variables in it must not name another repository
   */
  public static GitRepository open(Path startDirectory, Map<String, String> environment)
      throws SourceException {
    GitVariables variables = new GitVariables(environment, startDirectory);
    GitRepository found;
    try {
      found = open(startDirectory);
    } catch (SourceException e) {
      variables.requireNone();
      throw e;
    }
    try {
      variables.require(found.git);
      return found;
    } catch (SourceException e) {
      found.close();
      throw e;
    }
  }

  /**
   * The repository that the directory itself is, with or without a work tree; one that it is only
   * in does not count.
   */
  public static GitRepository at(Path root) throws SourceException {
    return new GitRepository(RepositoryFinder.at(root));
  }

  /** For other classes of this package. */
  Repository repository() {
    return git;
  }

  /** The root of the work tree. */
  public Path workTree() throws SourceException {
    if (git.isBare()) {
      throw new SourceException(
          "the repository has no work tree", "change to a clone that has one");
    }
    return git.getWorkTree().toPath();
  }

  /**
   * The commit that a revision names, as git reads it: a branch, a tag (followed to its commit), an
   * id or its first digits, {@code HEAD~2} and the like.
   */
  public Revision resolve(String revision) throws SourceException {
    try (RevWalk walk = new RevWalk(git)) {
      ObjectId id = git.resolve(revision);
      if (id == null) {
        throw unknown(revision);
      }
      RevObject named = walk.peel(walk.parseAny(id));
      if (!(named instanceof RevCommit commit)) {
        throw new SourceException(
            "revision " + Printable.of(revision) + " names a " + typeOf(named) + ", not a commit",
            "name a branch, a tag or a commit");
      }
      return new Revision(new CommitId(commit.name()), new TreeId(commit.getTree().name()));
    } catch (AmbiguousObjectException e) {
      String candidates =
          e.getCandidates().stream()
              .map(AnyObjectId::name)
              .sorted()
              .collect(Collectors.joining(", "));
      throw new SourceException(
          "revision " + Printable.of(revision) + " is ambiguous: " + candidates,
          "give more digits of the commit's id",
          e);
    } catch (MissingObjectException e) {
      throw e.getObjectId().name().equals(revision) ? unknown(revision) : missing(e);
    } catch (RevisionSyntaxException | IncorrectObjectTypeException e) {
      throw unknown(revision);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private SourceException missing(MissingObjectException object) throws SourceException {
    try {
      return new PromisedObjects(git).missing(object.getObjectId());
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** The commit that {@code HEAD} names, which is not looked at: it may be missing. */
  public CommitId head() throws SourceException {
    try {
      Ref head = git.exactRef(Constants.HEAD);
      if (head == null || head.getObjectId() == null) {
        throw unknown(Constants.HEAD);
      }
      return new CommitId(head.getObjectId().name());
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /**
   * How many commits lie between two, on the way by first parents; none, if the later one does not
   * come to the earlier one in that way.
   *
   * @param most so many commits are looked at
   */
  public int countBetween(CommitId earlier, CommitId later, int most) throws SourceException {
    try (RevWalk walk = new RevWalk(git)) {
      RevCommit commit = walk.parseCommit(ObjectId.fromString(later.hex()));
      for (int between = 0; between < most && commit.getParentCount() > 0; between++) {
        commit = walk.parseCommit(commit.getParent(0));
        if (commit.name().equals(earlier.hex())) {
          return between;
        }
      }
      return 0;
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private SourceException unknown(String revision) throws SourceException {
    try {
      Ref head = git.exactRef(Constants.HEAD);
      if (revision.equals(Constants.HEAD) && head != null && head.isSymbolic()) {
        return new SourceException(
            "there is no commit on "
                + Printable.plain(Repository.shortenRefName(head.getTarget().getName()))
                + " yet",
            "commit first: peer tests only what is committed");
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
    String fetch =
        !shallowCommits(git).isEmpty()
            ? "; this clone is shallow: `git fetch --unshallow` gets the rest"
            : "";
    return new SourceException(
        "unknown revision: " + Printable.of(revision),
        "`git branch -a` and `git tag` list what can be named" + fetch);
  }

  /** The commits whose parents this clone does not have. */
  static Set<ObjectId> shallowCommits(Repository git) throws SourceException {
    try {
      return git.getObjectDatabase().getShallowCommits();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** What the repository is called. */
  public RepositoryNames names() {
    return new RepositoryNames(git);
  }

  /**
   * The bytes of a file as it is in the revision; empty where there is no file of that name. A
   * symbolic link is followed within the tree.
   *
   * @param path from the root, parts separated by {@code /}
   * @param maxBytes a larger file is an error
   */
  public Optional<byte[]> file(Revision revision, String path, int maxBytes)
      throws SourceException {
    ObjectId tree = ObjectId.fromString(revision.tree().hex());
    try {
      return new PromisedObjects(git, made)
          .read(objects -> new TreeFiles(objects, tree).read(path, maxBytes));
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /**
   * The digest of the tags that point to the revision's commit and its ancestors. They are looked
   * up once: a tag that comes later is not counted, and not shown in the guest either.
   */
  public Digest tags(Revision revision) throws SourceException {
    return historyTags(revision).digest();
  }

  private HistoryTags historyTags(Revision revision) throws SourceException {
    HistoryTags known = tags.get(revision.commit());
    if (known == null) {
      try {
        known = HistoryTags.of(git, ObjectId.fromString(revision.commit().hex()));
      } catch (IOException e) {
        throw unreadable(e);
      }
      tags.put(revision.commit(), known);
    }
    return known;
  }

  /** The differences at the root of two trees; empty if one of them is not in this repository. */
  public Optional<TreeChanges> changes(TreeId older, TreeId newer) throws SourceException {
    try (ObjectReader objects = made.reader(git)) {
      return Optional.of(
          TreeChanges.between(
              objects, ObjectId.fromString(older.hex()), ObjectId.fromString(newer.hex())));
    } catch (MissingObjectException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /**
   * The part of a revision that a selection has, as a revision of its own tree. Only this object
   * knows that tree: it is made in memory.
   *
   * @throws SourceException also if a pathspec matches nothing
   */
  public SelectedRevision select(Revision revision, PathSelection selection)
      throws SourceException {
    ObjectId whole = ObjectId.fromString(revision.tree().hex());
    try {
      SelectedRevision selected =
          new PromisedObjects(git, made)
              .read(
                  objects -> {
                    SelectedTree tree = new SelectedTree(objects, selection, made);
                    TreeId id = new TreeId(tree.of(whole).name());
                    return new SelectedRevision(
                        new Revision(revision.commit(), id), tree.files(), tree.selected());
                  });
      if (!selection.unmatched().isEmpty()) {
        throw new SourceException(
            "PEER_PATHS names "
                + Printable.of(selection.unmatched().getFirst().toString())
                + ", which matches nothing in the revision "
                + revision.commit(),
            "paths begin at the repository's root, and a submodule counts as one; `git ls-files`"
                + " with a pathspec shows what it matches");
      }
      return selected;
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /**
   * The changes of the work tree since {@code HEAD}; {@link DirtyState#CLEAN} for a bare
   * repository. Compares each tracked file's size and time, and its content only if these do not
   * decide.
   *
   * @param counts whether a path counts, of which the second argument says if it is a submodule
   */
  public DirtyState dirtyState(BiPredicate<String, Boolean> counts) throws SourceException {
    try {
      return WorkTree.compare(git, counts);
    } catch (IOException e) {
      throw new SourceException(
          "cannot tell what is not committed: " + message(e),
          "see `git status`; peer tests only what is committed",
          e);
    }
  }

  /**
   * Writes the files that take a revision into the guest, in the form that {@link GuestTree} has.
   *
   * <p>A revision that {@link #select} made has no real commit, and is for {@link
   * CheckoutMode#TREE} only.
   *
   * @param scratch a directory for the packs while they are made; nothing is left there
   * @param root gets the files
   * @throws SourceException if something of the revision is missing or not allowed
   * @throws IOException if {@code root} or {@code scratch} cannot be written
   */
  public void writeGuestTree(
      Revision revision, CheckoutMode mode, Path scratch, GuestDirectory root)
      throws SourceException, IOException {
    Optional<HistoryTags> history =
        mode == CheckoutMode.HISTORY ? Optional.of(historyTags(revision)) : Optional.empty();
    try (GuestSource source = GuestSource.of(git, made, revision, mode, history)) {
      new GuestTree(scratch, Instant.now(), keptLargeFiles).write(source, root);
    }
  }

  /** From now on, takes contents of Git LFS that the clone's store lacks from here. */
  public void setKeptLargeFiles(ObjectDirectory kept) {
    keptLargeFiles = Optional.of(kept);
  }

  /** The files of a revision, with submodules, that Git LFS keeps. */
  public List<LargeFile> largeFiles(Revision revision) throws SourceException {
    try (GuestSource source =
        GuestSource.of(git, made, revision, CheckoutMode.TREE, Optional.empty())) {
      List<LargeFile> files = new ArrayList<>();
      for (GuestSource.Part part : source.parts()) {
        files.addAll(LargeFiles.in(part, keptLargeFiles).list());
      }
      return files;
    } catch (MissingObjectException e) {
      throw missing(e);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  @Override
  public void close() {
    git.close();
  }

  static SourceException unreadable(IOException e) {
    return new SourceException(
        "the git repository cannot be read: " + message(e), "see `git fsck`", e);
  }

  private static String typeOf(RevObject object) {
    return object.getType() == Constants.OBJ_BLOB
        ? "file"
        : Constants.typeString(object.getType()).toLowerCase(Locale.ROOT);
  }

  static String message(Exception e) {
    return Printable.plain(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
  }
}
