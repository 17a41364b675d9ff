package dev.peer.core.record;

import dev.peer.core.id.CommitId;
import dev.peer.core.id.Digest;
import dev.peer.core.id.ShortId;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The disk that a machine started from.
 *
 * @param origin whose code can have shaped the disk
 * @param commits the commits whose preparations wrote the disk, oldest first, each once; none for a
 *     blank disk, for one with layers alone, and for a disk of {@link KeptOrigin#ANY} origin whose
 *     commits are unknown
 * @param runtimes the prepared runtimes of other peers that the disk came from, the first one
 *     first; none if all of it was prepared on the machine that has it
 * @param layers the digest of what the disk's first layers were built from, if that was done in a
 *     machine of its own
 */
public record StartedFrom(
    KeptOrigin origin, List<CommitId> commits, List<RuntimeId> runtimes, Optional<Digest> layers) {

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
    boolean noCommits = origin.within(KeptOrigin.LAYERS);
    require(
        origin == KeptOrigin.ANY || commits.isEmpty() == noCommits,
        noCommits
            ? "a disk of the origin " + origin + " has no commits"
            : "a disk of the origin " + origin + " names the commits that wrote it");
    require(
        layers.isPresent() ? origin != KeptOrigin.BLANK : origin != KeptOrigin.LAYERS,
        layers.isPresent() ? "a blank disk has no layers" : "a disk of layers names them");
    require(
        runtimes.size() <= MOST_RUNTIMES,
        "a disk of at most " + MOST_RUNTIMES + " runtimes was expected");
    require(
        runtimes.isEmpty() || !commits.isEmpty() || layers.isPresent(),
        "a disk of other peers' runtimes names what wrote it");
  }

  /** A disk that was prepared on the machine that has it. */
  public StartedFrom(KeptOrigin origin, List<CommitId> commits) {
    this(origin, commits, List.of(), Optional.empty());
  }

  /**
   * A disk with these layers, of which no repository has prepared more.
   *
   * @param runtimes that it came from
   */
  public static StartedFrom ofLayers(Digest layers, List<RuntimeId> runtimes) {
    return new StartedFrom(KeptOrigin.LAYERS, List.of(), runtimes, Optional.of(layers));
  }

  /** The same disk, as the start of a run to which it has this origin. */
  public StartedFrom as(KeptOrigin other) {
    return new StartedFrom(other, commits, runtimes, layers);
  }

  /** Whether a runtime that is made of it can be named beside those that it came from. */
  public boolean mayBecomeRuntime() {
    return runtimes.size() < MOST_RUNTIMES;
  }

  /** The same disk, which came from these runtimes. */
  public StartedFrom outOf(List<RuntimeId> origins) {
    return new StartedFrom(origin, commits, origins, layers);
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
