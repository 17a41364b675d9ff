package dev.peer.core.record;

import dev.peer.core.id.CommitId;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;

/**
 * What preparations of a repository's trunk left, in the form that moves from peer to peer.
 *
 * @param content the moved bytes, in the form of {@code DiskBlocks} of {@code vm.qemu}
 * @param disk the runs that may start from it
 * @param commits the trunk's commits whose preparations made it, oldest first, each once
 * @param begun when the disk was blank
 * @param preparation how the last of them went
 */
public record PreparedRuntime(
    Content content, Disk disk, List<CommitId> commits, Instant begun, Preparation preparation) {

  /**
   * Which runs may start from it: those of a repository, with a guest image, on disks of a size.
   *
   * @param bytes the size of the disk
   */
  public record Disk(RepoId repo, Digest image, long bytes) {

    /** Refuses a disk without bytes. */
    public Disk {
      if (bytes < 1) {
        throw new IllegalArgumentException("not the size of a disk: " + bytes);
      }
    }
  }

  /** Copies the commits; refuses none, too many, and one that is named twice. */
  public PreparedRuntime {
    commits = List.copyOf(commits);
    if (commits.isEmpty() || commits.size() > StartedFrom.MOST_COMMITS) {
      throw new IllegalArgumentException(
          "1 to " + StartedFrom.MOST_COMMITS + " commits were expected");
    }
    if (new HashSet<>(commits).size() != commits.size()) {
      throw new IllegalArgumentException("a commit is named twice");
    }
  }

  /** How the disk is made that it becomes. */
  public StartedFrom made() {
    return new StartedFrom(KeptOrigin.TRUNK, commits);
  }
}
