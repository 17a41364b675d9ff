package dev.peer.server;

import dev.peer.core.id.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The guest images that a peer serves. Only images whose bytes were checked are among them; the
 * peer that fetches one must check who vouches for it.
 */
public interface HeldImages {

  /** No image at all. */
  HeldImages NONE =
      new HeldImages() {
        @Override
        public List<Digest> digests() {
          return List.of();
        }

        @Override
        public Optional<Path> file(Digest image, String name) {
          return Optional.empty();
        }
      };

  /** Those that are held now, the newest first. */
  List<Digest> digests();

  /** A file of an image, or its attestation, if both are held now. */
  Optional<Path> file(Digest image, String name) throws IOException;
}
