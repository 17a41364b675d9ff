package dev.peer.vm.exec;

import dev.peer.vm.image.ImageStore;
import java.nio.file.Path;
import java.util.Map;

/**
 * What machines take of this host.
 *
 * @param images the guest images
 * @param home a directory on a disk with room
 * @param sockets a directory whose path is short, as the paths of sockets must be
 * @param environment supplies {@code PATH}
 */
public record VmHost(ImageStore images, Path home, Path sockets, Map<String, String> environment) {

  /** Copies the environment. */
  public VmHost {
    environment = Map.copyOf(environment);
  }
}
