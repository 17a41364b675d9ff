package dev.peer.core.record;

import dev.peer.core.id.CommitId;
import java.util.HashSet;
import java.util.List;

/**
 * The disk that a machine started from.
 *
 * @param origin whose code can have shaped the disk
 * @param commits the commits whose preparations wrote the disk, oldest first, each once; none for a
 *     blank disk, and for a disk of {@link KeptOrigin#ANY} origin whose commits are unknown
 */
public record StartedFrom(KeptOrigin origin, List<CommitId> commits) {

  /** The most commits that may be named. */
  public static final int MOST_COMMITS = 1_000;

  /** A blank disk. */
  public static final StartedFrom BLANK = new StartedFrom(KeptOrigin.BLANK, List.of());

  /** A kept disk of unknown commits: any revision may have written it. */
  public static final StartedFrom UNKNOWN = new StartedFrom(KeptOrigin.ANY, List.of());

  /** Copies the commits; refuses those that the origin cannot have. */
  public StartedFrom {
    commits = List.copyOf(commits);
    require(
        commits.size() <= MOST_COMMITS,
        "a disk of at most " + MOST_COMMITS + " preparations was expected");
    require(
        new HashSet<>(commits).size() == commits.size(), "a commit is named twice for one disk");
    require(
        origin == KeptOrigin.ANY || commits.isEmpty() == (origin == KeptOrigin.BLANK),
        origin == KeptOrigin.BLANK
            ? "a blank disk has no commits"
            : "a disk of the origin " + origin + " names the commits that wrote it");
  }

  @Override
  public String toString() {
    return switch (commits.size()) {
      case 0 -> origin.toString();
      case 1 -> origin + ": prepared at " + commits.getFirst();
      default ->
          origin
              + ": prepared at "
              + commits.getLast()
              + " and "
              + (commits.size() - 1)
              + " before";
    };
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
