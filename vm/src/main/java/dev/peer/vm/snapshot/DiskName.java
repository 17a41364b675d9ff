package dev.peer.vm.snapshot;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import java.nio.charset.StandardCharsets;

/**
 * Which runs may begin with the same disk.
 *
 * @param repo whose runs
 * @param image the guest image that wrote it
 * @param bytes the size of the disk
 */
public record DiskName(RepoId repo, Digest image, long bytes) {

  /** The name of the disks with these layers from which the same runs may begin. */
  public DiskName ofLayers(Digest layers) {
    return new DiskName(RepoId.ofLayers(layers), image, bytes);
  }

  /** The name as one of a directory. */
  String directory() {
    String text = repo.text() + "\n" + image + "\n" + bytes;
    return Digest.of(text.getBytes(StandardCharsets.UTF_8)).hex();
  }
}
