package dev.peer.core.path;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The paths that count for one run: those that any of its targets selects. It remembers which
 * pathspecs matched something.
 */
public final class PathSelection {

  private final List<List<Pathspec>> groups;
  private final Set<Pathspec> unmatched = new LinkedHashSet<>();

  PathSelection(List<List<Pathspec>> groups) {
    this.groups = List.copyOf(groups);
    groups.forEach(unmatched::addAll);
  }

  /**
   * Whether an entry counts.
   *
   * @param path from the root, as the tree has it
   * @param submodule whether the entry is one
   */
  public boolean selects(byte[] path, boolean submodule) {
    boolean selected = false;
    for (List<Pathspec> group : groups) {
      selected |= selects(group, path, submodule);
    }
    return selected;
  }

  /** As git: what one includes and none excludes; if all exclude, everything is included. */
  private boolean selects(List<Pathspec> group, byte[] path, boolean submodule) {
    boolean included = group.stream().allMatch(Pathspec::excludes);
    boolean excluded = false;
    for (Pathspec pathspec : group) {
      if (pathspec.matches(path, submodule)) {
        unmatched.remove(pathspec);
        included |= !pathspec.excludes();
        excluded |= pathspec.excludes();
      }
    }
    return included && !excluded;
  }

  /** The pathspecs that have matched nothing so far. */
  public List<Pathspec> unmatched() {
    return List.copyOf(unmatched);
  }
}
