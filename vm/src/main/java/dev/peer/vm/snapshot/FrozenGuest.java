package dev.peer.vm.snapshot;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.TreeId;
import dev.peer.core.key.NetworkMode;
import java.time.Instant;

/**
 * What is known of a guest that was frozen when a stage had failed.
 *
 * @param repo the repository
 * @param tree what was tested
 * @param target the mk target
 * @param stage the stage that failed
 * @param frozenAt when
 * @param network what the test could reach
 * @param machine what a machine that goes on with it must be
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
   * @param accelerator what ran the guest's code
   * @param image the guest image
   * @param cpus its processors
   * @param memoryMebibytes its memory in MiB
   * @param diskBytes the size of its scratch and output disks
   * @param inputBytes the size of its input disk
   * @param nonce what the guest's agent goes on with
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
