package dev.peer.source;

import dev.peer.core.id.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevObject;
import org.eclipse.jgit.revwalk.RevWalk;

/**
 * The tags that point to a commit or to one of its ancestors, by name: with the commit's id, all
 * that {@code PEER_CHECKOUT=history} shows.
 */
record HistoryTags(List<Tag> tags) {

  private static final Comparator<Tag> BY_NAME =
      Comparator.comparing(
          tag -> tag.name().getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

  HistoryTags {
    tags = tags.stream().sorted(BY_NAME).toList();
  }

  /**
   * A tag.
   *
   * @param name the full name of its ref
   * @param id what it names: a commit, or an object that says more of the tag
   * @param commit the commit that it comes to
   */
  record Tag(String name, ObjectId id, ObjectId commit) {

    boolean isAnnotated() {
      return !id.equals(commit);
    }
  }

  /** Finds them. A clone that is cut off has not all ancestors, and is refused. */
  static HistoryTags of(Repository git, ObjectId commit) throws IOException, SourceException {
    Set<ObjectId> cut = git.getObjectDatabase().getShallowCommits();
    List<Tag> found = new ArrayList<>();
    try (RevWalk walk = new RevWalk(git)) {
      walk.setRetainBody(false);
      List<Tag> all = all(git, walk);
      Set<ObjectId> tagged = all.stream().map(Tag::commit).collect(Collectors.toSet());
      Set<ObjectId> reached = new HashSet<>();
      walk.markStart(walk.parseCommit(commit));
      for (RevCommit ancestor = walk.next(); ancestor != null; ancestor = walk.next()) {
        if (cut.contains(ancestor)) {
          throw new SourceException(
              "PEER_CHECKOUT=history shows the test all ancestors of the commit, and this clone is"
                  + " shallow: it has some of them",
              "`git fetch --unshallow --tags` gets the rest; a CI platform has a setting for it"
                  + " (fetch-depth: 0)");
        }
        if (tagged.contains(ancestor)) {
          reached.add(ancestor.copy());
        }
      }
      all.stream().filter(tag -> reached.contains(tag.commit())).forEach(found::add);
    } catch (MissingObjectException e) {
      throw new PromisedObjects(git).missing(e.getObjectId());
    }
    return new HistoryTags(found);
  }

  private static List<Tag> all(Repository git, RevWalk walk) throws IOException {
    List<Tag> all = new ArrayList<>();
    for (Ref ref : git.getRefDatabase().getRefsByPrefix(Constants.R_TAGS)) {
      ObjectId id = ref.getObjectId();
      if (id == null || !Repository.isValidRefName(ref.getName())) {
        continue;
      }
      try {
        RevObject named = walk.peel(walk.parseAny(id));
        if (named instanceof RevCommit) {
          all.add(new Tag(ref.getName(), id.copy(), named.copy()));
        }
      } catch (MissingObjectException e) {
        // It points to nothing that is here, so to no ancestor.
        continue;
      }
    }
    return all;
  }

  /** The digest of their names and of what they name, which the run key counts. */
  Digest digest() {
    String lines =
        tags.stream()
            .map(tag -> tag.name() + " " + tag.id().name() + "\n")
            .collect(Collectors.joining());
    return Digest.of(lines.getBytes(StandardCharsets.UTF_8));
  }

  /** git's file of packed refs. */
  String packedRefs() {
    StringBuilder text = new StringBuilder("# pack-refs with: peeled fully-peeled sorted \n");
    for (Tag tag : tags) {
      text.append(tag.id().name()).append(' ').append(tag.name()).append('\n');
      if (tag.isAnnotated()) {
        text.append('^').append(tag.commit().name()).append('\n');
      }
    }
    return text.toString();
  }
}
