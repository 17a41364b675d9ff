package dev.peer.source;

import dev.peer.source.command.GitCommand;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
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

  private final Repository git;
  private final BiPredicate<String, Boolean> counts;
  private final int depth;

  private WorkTree(Repository git, BiPredicate<String, Boolean> counts, int depth) {
    this.git = git;
    this.counts = counts;
    this.depth = depth;
  }

  /**
   * Counts the changes.
   *
   * @param counts whether a path counts, of which the second argument says if it is a submodule
   */
  static DirtyState compare(Repository git, BiPredicate<String, Boolean> counts)
      throws IOException, SourceException {
    return new WorkTree(git, counts, 0).compare();
  }

  private DirtyState compare() throws IOException, SourceException {
    if (git.isBare()) {
      return DirtyState.CLEAN;
    }
    if (git instanceof PlumbedRepository plumbed) {
      return compare(PlumbedStatus.of(plumbed.command()));
    }
    try {
      return compareWithJGit();
    } catch (IOException e) {
      // JGit reads no split index, no sparse one, and no tree that a partial clone left out.
      return compare(PlumbedStatus.of(new GitCommand(git.getWorkTree().toPath())));
    }
  }

  private DirtyState compareWithJGit() throws IOException, SourceException {
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
    return counted(changed, changedSubmodules(git.readDirCache()), diff.getUntracked());
  }

  private DirtyState compare(PlumbedStatus status) throws IOException, SourceException {
    Set<String> submodules = new HashSet<>();
    for (String submodule : status.submodules()) {
      if (status.changed().contains(submodule) || isChangedInside(submodule)) {
        submodules.add(submodule);
      }
    }
    return counted(status.changed(), submodules, status.untracked());
  }

  private DirtyState counted(
      Collection<String> changed, Collection<String> submodules, Collection<String> untracked) {
    Set<String> all = new HashSet<>(submodules);
    all.removeIf(path -> !counts.test(path, true));
    changed.stream()
        .filter(path -> !submodules.contains(path) && counts.test(path, false))
        .forEach(all::add);
    long others = untracked.stream().filter(path -> counts.test(path, false)).count();
    return new DirtyState(all.size(), Math.toIntExact(others));
  }

  /** A filter is a command, and none is run here. In memory only: nothing is saved. */
  private static void forgetFilters(StoredConfig config) {
    config.getSubsections("filter").forEach(name -> config.unsetSection("filter", name));
  }

  private List<String> changedSubmodules(DirCache index) throws IOException, SourceException {
    List<String> changed = new ArrayList<>();
    for (int i = 0; i < index.getEntryCount(); i++) {
      DirCacheEntry entry = index.getEntry(i);
      if (FileMode.GITLINK.equals(entry.getRawMode()) && isChanged(entry)) {
        changed.add(entry.getPathString());
      }
    }
    return changed;
  }

  private boolean isChanged(DirCacheEntry entry) throws IOException, SourceException {
    if (!entry.getObjectId().equals(committed(entry.getPathString()))) {
      return true;
    }
    if (!isCheckedOut(entry.getPathString())) {
      return false;
    }
    try (Repository submodule = submodule(entry.getPathString())) {
      return !entry.getObjectId().equals(submodule.resolve(Constants.HEAD))
          || isChangedInside(submodule);
    }
  }

  private boolean isChangedInside(String path) throws IOException, SourceException {
    if (!isCheckedOut(path)) {
      return false;
    }
    try (Repository submodule = submodule(path)) {
      return isChangedInside(submodule);
    }
  }

  private boolean isChangedInside(Repository submodule) throws IOException, SourceException {
    return !new WorkTree(submodule, (_, _) -> true, depth + 1).compare().isClean();
  }

  private boolean isCheckedOut(String path) {
    return depth < DEEPEST
        && new File(new File(git.getWorkTree(), path), Constants.DOT_GIT).exists();
  }

  private Repository submodule(String path) throws SourceException {
    return RepositoryFinder.inWorkTree(new File(git.getWorkTree(), path));
  }

  private ObjectId committed(String path) throws IOException {
    ObjectId head = git.resolve(Constants.HEAD + "^{tree}");
    if (head == null) {
      return null;
    }
    try (TreeWalk walk = TreeWalk.forPath(git, path, head)) {
      return walk == null ? null : walk.getObjectId(0);
    }
  }
}
