package dev.peer.vm.snapshot;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.TreeId;
import dev.peer.core.key.NetworkMode;
import java.time.Instant;

/**
 * The description of a guest that was frozen after a stage failed.
 *
 * @param repo the repository
 * @param tree the tested tree
 * @param target the mk target
 * @param stage the stage that failed
 * @param frozenAt when
 * @param network the test's network
 * @param machine the machine that continues it must match this
 */
public record FrozenGuest(
    RepoId repo,
    TreeId tree,
    String target,
    String stage,
    Instant frozenAt,
    NetworkMode network,
    Shape machine) {

  /**
   * The machine.
   *
   * @param qemu the QEMU's build
   * @param accelerator the accelerator that ran the guest's code
   * @param image the guest image
   * @param cpus its processors
   * @param memoryMebibytes its memory in MiB
   * @param diskBytes the size of its scratch and output disks
   * @param inputBytes the size of its input disk
   * @param nonce the nonce that the guest's agent continues with
   */
  public record Shape(
      String qemu,
      String accelerator,
      Digest image,
      int cpus,
      long memoryMebibytes,
      long diskBytes,
      long inputBytes,
      String nonce) {}
}
