package dev.peer.vm.exec;

import dev.peer.vm.image.ImageStore;
import java.nio.file.Path;

/** The guest images that the suite's script has built before the tests. */
final class GuestImages {

  private GuestImages() {}

  static ImageStore store() {
    return new ImageStore(Path.of(System.getProperty("peer.test.images")));
  }
}
