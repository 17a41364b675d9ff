package dev.peer.server;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.sign.Attestation;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The prepared runtimes that a peer serves. The peer that fetches one must check who made it, and
 * its content.
 */
public interface HeldRuntimes {

  /** No runtime at all. */
  HeldRuntimes NONE =
      new HeldRuntimes() {
        @Override
        public List<Name> names() {
          return List.of();
        }

        @Override
        public List<Attestation> attestations(Name name) {
          return List.of();
        }

        @Override
        public Optional<Claim> hold(Name name, Digest content) {
          return Optional.empty();
        }
      };

  /** A repository, and the guest image with which its runtimes were prepared. */
  record Name(RepoId repo, Digest image) {}

  /** Lists the repositories and guest images of the runtimes held now. */
  List<Name> names();

  /** The attestations of those that are held now, the best first. */
  List<Attestation> attestations(Name name) throws IOException;

  /**
   * A runtime that is not removed before this is closed.
   *
   * @param content the file with its bytes
   * @param chunks where the list of its chunks is kept, once it was asked for
   * @param deltas where the delta is kept that makes it of another one, if there is one
   */
  record Claim(Path content, Path chunks, Function<Digest, Path> deltas, Closeable hold)
      implements Closeable {

    @Override
    public void close() throws IOException {
      hold.close();
    }
  }

  /** Holds one of them, if it is here now. */
  Optional<Claim> hold(Name name, Digest content) throws IOException;
}
