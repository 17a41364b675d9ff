package dev.peer.source;

/**
 * The uncommitted changes of a work tree. None of them are tested.
 *
 * @param changed tracked files that differ, staged or not; a submodule counts as one
 * @param untracked files that git neither tracks nor ignores; of ignore files outside of the
 *     repository, only git's default one is known, {@code ~/.config/git/ignore}
 */
public record DirtyState(int changed, int untracked) {

  /** Nothing but the commit. */
  public static final DirtyState CLEAN = new DirtyState(0, 0);

  /** Whether the work tree is just the commit. */
  public boolean isClean() {
    return equals(CLEAN);
  }
}
