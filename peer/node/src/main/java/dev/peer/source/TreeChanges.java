package dev.peer.source;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.treewalk.TreeWalk;

/**
 * What differs at the root of two trees, files and directories, each list by name. Names are as
 * whoever committed them liked.
 *
 * @param added what only the newer one has
 * @param changed what both have, and not with the same content
 * @param removed what only the older one has
 */
public record TreeChanges(List<String> added, List<String> changed, List<String> removed) {

  /** Copies the lists. */
  public TreeChanges {
    added = List.copyOf(added);
    changed = List.copyOf(changed);
    removed = List.copyOf(removed);
  }

  static TreeChanges between(ObjectReader objects, ObjectId older, ObjectId newer)
      throws IOException {
    List<String> added = new ArrayList<>();
    List<String> changed = new ArrayList<>();
    List<String> removed = new ArrayList<>();
    try (TreeWalk walk = new TreeWalk(objects)) {
      walk.addTree(older);
      walk.addTree(newer);
      while (walk.next()) {
        if (walk.getRawMode(0) == 0) {
          added.add(walk.getPathString());
        } else if (walk.getRawMode(1) == 0) {
          removed.add(walk.getPathString());
        } else if (walk.getRawMode(0) != walk.getRawMode(1) || !walk.idEqual(0, 1)) {
          changed.add(walk.getPathString());
        }
      }
    }
    return new TreeChanges(added, changed, removed);
  }
}
