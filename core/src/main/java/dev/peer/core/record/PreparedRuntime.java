package dev.peer.core.record;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import java.time.Instant;

/**
 * What preparations of a repository's trunk left, in the form that moves from peer to peer.
 *
 * @param content the moved bytes, in the form of {@code DiskBlocks} of {@code vm.qemu}
 * @param disk the runs that may start from it
 * @param made how the disk is made that it becomes: its origin is the trunk
 * @param begun when the disk was blank
 * @param preparation how the last of them went
 * @param caches those in it
 */
public record PreparedRuntime(
    Content content,
    Disk disk,
    StartedFrom made,
    Instant begun,
    Preparation preparation,
    SharedCaches caches) {

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

  /** Refuses a disk that is not the trunk's, or that came from too many other runtimes. */
  public PreparedRuntime {
    if (made.origin() != KeptOrigin.TRUNK || !made.mayBecomeRuntime()) {
      throw new IllegalArgumentException("not the disk of a runtime: " + made);
    }
  }
}
