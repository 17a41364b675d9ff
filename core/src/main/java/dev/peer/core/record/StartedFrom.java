package dev.peer.core.record;

import dev.peer.core.id.CommitId;
import dev.peer.core.id.ShortId;
import java.util.HashSet;
import java.util.List;
import java.util.function.Function;

/**
 * The disk that a machine started from.
 *
 * @param origin whose code can have shaped the disk
 * @param commits the commits whose preparations wrote the disk, oldest first, each once; none for a
 *     blank disk, and for a disk of {@link KeptOrigin#ANY} origin whose commits are unknown
 * @param runtimes the prepared runtimes of other peers that the disk came from, the first one
 *     first; none if all of it was prepared on the machine that has it
 */
public record StartedFrom(KeptOrigin origin, List<CommitId> commits, List<RuntimeId> runtimes) {

  /** The most commits that may be named. */
  public static final int MOST_COMMITS = 1_000;

  /** The most runtimes that may be named. */
  public static final int MOST_RUNTIMES = 100;

  /** A blank disk. */
  public static final StartedFrom BLANK = new StartedFrom(KeptOrigin.BLANK, List.of());

  /** A kept disk of unknown commits: any revision may have written it. */
  public static final StartedFrom UNKNOWN = new StartedFrom(KeptOrigin.ANY, List.of());

  /** Copies the lists; refuses commits and runtimes that the origin cannot have. */
  public StartedFrom {
    commits = List.copyOf(commits);
    runtimes = List.copyOf(runtimes);
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
    require(
        runtimes.size() <= MOST_RUNTIMES,
        "a disk of at most " + MOST_RUNTIMES + " runtimes was expected");
    require(
        runtimes.isEmpty() || !commits.isEmpty(),
        "a disk of other peers' runtimes names the commits that wrote it");
  }

  /** A disk that was prepared on the machine that has it. */
  public StartedFrom(KeptOrigin origin, List<CommitId> commits) {
    this(origin, commits, List.of());
  }

  /** The same disk, as the start of a run to which it has this origin. */
  public StartedFrom as(KeptOrigin other) {
    return new StartedFrom(other, commits, runtimes);
  }

  /** Whether a runtime that is made of it can be named beside those that it came from. */
  public boolean mayBecomeRuntime() {
    return runtimes.size() < MOST_RUNTIMES;
  }

  /** The same disk, which came from these runtimes. */
  public StartedFrom outOf(List<RuntimeId> origins) {
    return new StartedFrom(origin, commits, origins);
  }

  @Override
  public String toString() {
    return text(CommitId::hex);
  }

  /** Like {@link #toString}, with the beginning of the commit's id. */
  public String brief() {
    return text(commit -> ShortId.of(commit.hex()));
  }

  private String text(Function<CommitId, String> name) {
    return switch (commits.size()) {
      case 0 -> origin.toString();
      case 1 -> origin + ": prepared at " + name.apply(commits.getFirst());
      default ->
          origin
              + ": prepared at "
              + name.apply(commits.getLast())
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
