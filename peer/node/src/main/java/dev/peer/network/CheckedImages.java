package dev.peer.network;

import dev.peer.core.id.Digest;
import dev.peer.server.HeldImages;
import dev.peer.vm.image.ImageStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The local images whose bytes were checked, for serving to others. */
record CheckedImages(ImageStore images) implements HeldImages {

  /** None if they cannot be listed: results must be announced all the same. */
  @Override
  public List<Digest> digests() {
    try {
      return images.checked();
    } catch (IOException e) {
      return List.of();
    }
  }

  @Override
  public Optional<Path> file(Digest image, String name) throws IOException {
    return images.checkedFile(image, name);
  }
}
