package dev.peer.core.id;

/**
 * A repository as this machine knows it: whose disks, caches, secrets and results are kept here.
 *
 * <p>The name among the peers ({@link RepoId}) may come from a revision's {@code .env}, where any
 * branch can claim the name of another repository. This one never does, and is a type of its own so
 * that the two are not mixed up.
 *
 * @param id its name
 */
public record LocalRepo(RepoId id) {

  /**
   * The one that peers call by this name, for results that come without a clone: copies, imports.
   */
  public static LocalRepo named(RepoId name) {
    return new LocalRepo(name);
  }

  @Override
  public String toString() {
    return id.text();
  }
}
