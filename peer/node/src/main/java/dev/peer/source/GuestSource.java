package dev.peer.source;

import dev.peer.core.key.CheckoutMode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;

/** The content for the guest: the repository and, after it, its submodules, parents first. */
record GuestSource(List<Part> parts) implements AutoCloseable {

  /** When the one commit was made. Not 1970: zip files, for one, know no time before 1980. */
  private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

  private static final int DEEPEST = 32;
  private static final int MOST = 10_000;

  /**
   * A repository with one commit.
   *
   * @param path where its work tree is in the guest; empty for the repository itself
   * @param git has every object of the tree that was not made here
   * @param made has the others
   * @param tags with which the commit's ancestors are there too
   */
  record Part(
      String path, Repository git, MadeTrees made, OneCommit commit, Optional<HistoryTags> tags) {

    /** The path in the guest's work tree of one in this part. */
    String inGuest(String below) {
      return path.isEmpty() ? below : path + "/" + below;
    }

    ObjectReader newObjectReader() {
      return made.reader(git);
    }
  }

  /**
   * The one commit.
   *
   * @param content the object's bytes, each as one character
   * @param hasParents whether it names any
   */
  record OneCommit(ObjectId id, String content, ObjectId tree, boolean hasParents) {

    static OneCommit ofTree(ObjectId tree) {
      String who = "peer <peer@localhost> " + EPOCH.getEpochSecond() + " +0000";
      String content =
          "tree %s\nauthor %s\ncommitter %s\n\nThe tree under test\n"
              .formatted(tree.name(), who, who);
      return of(content.getBytes(StandardCharsets.ISO_8859_1), tree, false);
    }

    static OneCommit read(Repository git, ObjectId id) throws IOException {
      try (ObjectReader objects = git.newObjectReader()) {
        byte[] content = objects.open(id, Constants.OBJ_COMMIT).getCachedBytes();
        RevCommit commit = RevCommit.parse(content);
        return of(content, commit.getTree().copy(), commit.getParentCount() > 0);
      }
    }

    private static OneCommit of(byte[] content, ObjectId tree, boolean cut) {
      try (ObjectInserter.Formatter formatter = new ObjectInserter.Formatter()) {
        ObjectId id = formatter.idFor(Constants.OBJ_COMMIT, content);
        return new OneCommit(id, new String(content, StandardCharsets.ISO_8859_1), tree, cut);
      }
    }

    byte[] bytes() {
      return content.getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  /** Finds all parts. The caller's repository stays the caller's; the others are closed here. */
  static GuestSource of(
      Repository git,
      MadeTrees made,
      Revision revision,
      CheckoutMode mode,
      Optional<HistoryTags> tags)
      throws SourceException {
    GuestSource source = new GuestSource(new ArrayList<>());
    try {
      OneCommit commit =
          switch (mode) {
            case TREE -> OneCommit.ofTree(ObjectId.fromString(revision.tree().hex()));
            case COMMIT, HISTORY ->
                OneCommit.read(git, ObjectId.fromString(revision.commit().hex()));
          };
      source.add(new Part("", git, made, commit, tags), 0);
      return source;
    } catch (SourceException e) {
      source.close();
      throw e;
    } catch (IOException e) {
      source.close();
      throw GitRepository.unreadable(e);
    }
  }

  private void add(Part part, int depth) throws IOException, SourceException {
    parts.add(part);
    if (depth > DEEPEST || parts.size() > MOST) {
      throw new SourceException(
          "too many submodules: at most " + MOST + ", at most " + DEEPEST + " within each other",
          "see .gitmodules");
    }
    new PromisedObjects(part.git(), part.made()).complete(part.commit().tree());
    for (Submodule submodule : Submodule.in(part)) {
      Repository git = submodule.open(part.git());
      String path = part.path().isEmpty() ? submodule.path() : part.path() + "/" + submodule.path();
      add(
          new Part(path, git, MadeTrees.NONE, commitOf(submodule, git), Optional.empty()),
          depth + 1);
    }
  }

  private static OneCommit commitOf(Submodule submodule, Repository git)
      throws IOException, SourceException {
    try {
      return OneCommit.read(git, submodule.commit());
    } catch (MissingObjectException | IncorrectObjectTypeException e) {
      git.close();
      throw submodule.missing();
    } catch (IOException e) {
      git.close();
      throw e;
    }
  }

  @Override
  public void close() {
    parts.stream().skip(1).map(Part::git).forEach(Repository::close);
  }
}
