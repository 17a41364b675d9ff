package dev.peer.source;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.IndexDiff;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.submodule.SubmoduleWalk.IgnoreSubmoduleMode;
import org.eclipse.jgit.treewalk.FileTreeIterator;
import org.eclipse.jgit.treewalk.TreeWalk;

/** Compares a work tree with its index and its {@code HEAD}. */
final class WorkTree {

  private static final int DEEPEST = 16;

  private WorkTree() {}

  static DirtyState compare(Repository git) throws IOException {
    return compare(git, 0);
  }

  private static DirtyState compare(Repository git, int depth) throws IOException {
    if (git.isBare()) {
      return DirtyState.CLEAN;
    }
    forgetFilters(git.getConfig());
    IndexDiff diff = new IndexDiff(git, Constants.HEAD, new FileTreeIterator(git));
    diff.setIgnoreSubmoduleMode(IgnoreSubmoduleMode.ALL);
    diff.diff();
    Set<String> changed = new HashSet<>(diff.getAdded());
    changed.addAll(diff.getChanged());
    changed.addAll(diff.getRemoved());
    changed.addAll(diff.getMissing());
    changed.addAll(diff.getModified());
    changed.addAll(diff.getConflicting());
    changed.addAll(changedSubmodules(git, depth));
    return new DirtyState(changed.size(), diff.getUntracked().size());
  }

  /** A filter is a command, and none is run here. In memory only: nothing is saved. */
  private static void forgetFilters(StoredConfig config) {
    config.getSubsections("filter").forEach(name -> config.unsetSection("filter", name));
  }

  private static List<String> changedSubmodules(Repository git, int depth) throws IOException {
    List<String> changed = new ArrayList<>();
    DirCache index = git.readDirCache();
    for (int i = 0; i < index.getEntryCount(); i++) {
      DirCacheEntry entry = index.getEntry(i);
      if (FileMode.GITLINK.equals(entry.getRawMode()) && isChanged(git, entry, depth)) {
        changed.add(entry.getPathString());
      }
    }
    return changed;
  }

  private static boolean isChanged(Repository git, DirCacheEntry entry, int depth)
      throws IOException {
    if (!entry.getObjectId().equals(committed(git, entry.getPathString()))) {
      return true;
    }
    File workTree = new File(git.getWorkTree(), entry.getPathString());
    if (depth == DEEPEST || !new File(workTree, Constants.DOT_GIT).exists()) {
      return false;
    }
    try (Repository submodule = GitRepository.inWorkTree(workTree).build()) {
      return !entry.getObjectId().equals(submodule.resolve(Constants.HEAD))
          || !compare(submodule, depth + 1).isClean();
    }
  }

  private static ObjectId committed(Repository git, String path) throws IOException {
    ObjectId head = git.resolve(Constants.HEAD + "^{tree}");
    if (head == null) {
      return null;
    }
    try (TreeWalk walk = TreeWalk.forPath(git, path, head)) {
      return walk == null ? null : walk.getObjectId(0);
    }
  }
}
