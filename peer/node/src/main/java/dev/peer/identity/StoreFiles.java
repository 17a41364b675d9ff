package dev.peer.identity;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a rendezvous uses towards the store of its index where it is not what it uses towards peers.
 *
 * @param pair the certificate and its key
 * @param ca whose certificates the store has
 */
public record StoreFiles(Optional<Pair> pair, Optional<Path> ca) {

  /** A certificate and its key. */
  public record Pair(Path certificate, Path key) {}
}
