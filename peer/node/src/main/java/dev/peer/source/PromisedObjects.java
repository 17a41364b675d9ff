package dev.peer.source;

import dev.peer.core.id.Printable;
import dev.peer.source.command.Answer;
import dev.peer.source.command.GitCommand;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;

/**
 * The objects of a revision that a repository may lack: those that a partial clone left out, which
 * git gets from where it was cloned, and those that were lost.
 */
final class PromisedObjects {

  private static final String GET_ALL = "git fetch --refetch --no-filter";

  private final Repository git;
  private final MadeTrees made;
  private final boolean partial;

  PromisedObjects(Repository git) {
    this(git, MadeTrees.NONE);
  }

  /**
   * As the other, where trees were made of the repository's.
   *
   * @param made nobody else has them
   */
  PromisedObjects(Repository git, MadeTrees made) {
    this.git = git;
    this.made = made;
    this.partial = isPartial(git.getConfig());
  }

  private static boolean isPartial(Config config) {
    return config.getString("extensions", null, "partialclone") != null
        || config.getSubsections("remote").stream()
            .anyMatch(remote -> config.getBoolean("remote", remote, "promisor", false));
  }

  /** Something that is read from objects. */
  @FunctionalInterface
  interface ObjectQuery<T> {
    T from(ObjectReader objects) throws IOException, SourceException;
  }

  /** Reads something, and has git get each object that is left out. */
  <T> T read(ObjectQuery<T> query) throws IOException, SourceException {
    while (true) {
      try (ObjectReader objects = made.reader(git)) {
        return query.from(objects);
      } catch (MissingObjectException e) {
        if (!partial) {
          throw missing(e.getObjectId());
        }
        get(Set.of(e.getObjectId()));
      }
    }
  }

  /** Has git get all that is left out of what a tree reaches. */
  void complete(ObjectId tree) throws IOException, SourceException {
    if (!partial) {
      return;
    }
    for (Set<ObjectId> left = leftOut(tree); !left.isEmpty(); left = leftOut(tree)) {
      get(left);
    }
  }

  private Set<ObjectId> leftOut(ObjectId tree) throws IOException {
    Set<ObjectId> left = new HashSet<>();
    try (ObjectReader objects = made.reader(git)) {
      look(objects, tree, new HashSet<>(), left);
    }
    return left;
  }

  private static void look(
      ObjectReader objects, ObjectId tree, Set<ObjectId> seen, Set<ObjectId> left)
      throws IOException {
    if (!seen.add(tree)) {
      return;
    }
    if (!objects.has(tree)) {
      left.add(tree);
      return;
    }
    for (CanonicalTreeParser entries = new CanonicalTreeParser(null, objects, tree);
        !entries.eof();
        entries.next(1)) {
      ObjectId id = entries.getEntryObjectId();
      if (FileMode.TREE.equals(entries.getEntryRawMode())) {
        look(objects, id, seen, left);
      } else if (!FileMode.GITLINK.equals(entries.getEntryRawMode())
          && seen.add(id)
          && !objects.has(id)) {
        left.add(id);
      }
    }
  }

  private void get(Collection<ObjectId> left) throws IOException, SourceException {
    String ids = left.stream().map(id -> id.name() + "\n").collect(Collectors.joining());
    File directory = git.isBare() ? git.getDirectory() : git.getWorkTree();
    Answer answer =
        new GitCommand(directory.toPath()).fetch(ids.getBytes(StandardCharsets.US_ASCII));
    switch (answer) {
      case Answer.Said _ -> requireAll(left);
      case Answer.Failed(String words) ->
          throw notGot(left, "git says: " + Printable.plain(GitCommand.sentence(words)));
      case Answer.NotThere _ -> throw notGot(left, "there is no git on the PATH");
    }
  }

  private void requireAll(Collection<ObjectId> asked) throws IOException, SourceException {
    try (ObjectReader objects = git.newObjectReader()) {
      for (ObjectId id : asked) {
        if (!objects.has(id)) {
          throw missing(id);
        }
      }
    }
  }

  private static SourceException notGot(Collection<ObjectId> left, String why) {
    return new SourceException(
        "this partial clone leaves out "
            + left.size()
            + (left.size() == 1 ? " object" : " objects")
            + " of the revision, and git did not get "
            + (left.size() == 1 ? "it: " : "them: ")
            + why,
        "`" + GET_ALL + "` gets all that is left out");
  }

  /** For an object that should be there, since the revision that is tested reaches it. */
  SourceException missing(AnyObjectId object) throws IOException {
    String lost = "the revision is not whole here: object " + object.name() + " is missing";
    if (partial) {
      return new SourceException(
          lost, "this is a partial clone: `" + GET_ALL + "` gets all that is left out");
    }
    Optional<String> lender = Alternates.missing(git);
    return lender.isPresent()
        ? new SourceException(
            lost
                + ", and so is the directory "
                + Printable.of(lender.get())
                + " that this clone borrows objects from",
            "bring that directory back, or clone again without --shared and --reference")
        : new SourceException(lost, "see `git fsck`; fetch the revision again");
  }
}
