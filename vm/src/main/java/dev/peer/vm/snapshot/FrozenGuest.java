package dev.peer.vm.snapshot;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.TreeId;
import dev.peer.core.key.NetworkMode;
import java.time.Instant;

/**
 * The description of a guest that was frozen after a stage failed.
 *
 * @param stop where its run stopped
 * @param frozenAt when
 * @param network the test's network
 * @param machine the machine that continues it must match this
 */
public record FrozenGuest(StopPoint stop, Instant frozenAt, NetworkMode network, Shape machine) {

  /**
   * Where a run stopped.
   *
   * @param repo the repository
   * @param tree the tested tree
   * @param target the mk target
   * @param stage the stage that failed
   */
  public record StopPoint(RepoId repo, TreeId tree, String target, String stage) {}

  /**
   * The machine.
   *
   * @param qemu the QEMU's build
   * @param accelerator the accelerator that ran the guest's code
   * @param image the guest image
   * @param sizes the sizes of its parts
   * @param nonce the nonce that the guest's agent continues with
   */
  public record Shape(String qemu, String accelerator, Digest image, Sizes sizes, String nonce) {}

  /**
   * The sizes of a machine's parts.
   *
   * @param cpus its processors
   * @param memoryMebibytes its memory in MiB
   * @param diskBytes the size of its scratch and output disks
   * @param inputBytes the size of its input disk
   */
  public record Sizes(int cpus, long memoryMebibytes, long diskBytes, long inputBytes) {}
}
