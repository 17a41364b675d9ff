package dev.peer.identity;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The certificate files of a rendezvous towards the store of its index, where they differ from
 * those towards peers.
 *
 * @param pair the certificate and its key
 * @param ca whose certificates the store has
 */
public record StoreFiles(Optional<Pair> pair, Optional<Path> ca) {

  /** A certificate and its key. */
  public record Pair(Path certificate, Path key) {}
}
