package dev.peer.wire;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.MalformedException;
import java.util.Optional;

/** What can be asked of a peer. */
public sealed interface PeerPath {

  /** The attestation of a run. */
  record Result(RunKey key) implements PeerPath {}

  /** A bundle, by the digest of its bytes. */
  record Blob(Digest digest) implements PeerPath {}

  /** How the peer is. */
  record Status() implements PeerPath {}

  /** The path of a request, as it goes over the wire. */
  default String text() {
    return switch (this) {
      case Result result -> "/v1/results/" + result.key().hex();
      case Blob blob -> "/v1/blobs/sha256/" + blob.digest().hex();
      case Status _ -> "/v1/status";
    };
  }

  /**
   * Reads the path of a request, still encoded and without its query. Empty: there is no such path.
   *
   * @throws MalformedException if a part of it is not what its place asks for
   */
  static Optional<PeerPath> parse(String raw) throws MalformedException {
    String[] parts = raw.split("/", -1);
    try {
      if (parts.length == 3 && raw.equals("/v1/status")) {
        return Optional.of(new Status());
      }
      if (parts.length == 4 && raw.startsWith("/v1/results/")) {
        return Optional.of(new Result(RunKey.ofHex(parts[3])));
      }
      if (parts.length == 5 && raw.startsWith("/v1/blobs/sha256/")) {
        return Optional.of(new Blob(Digest.ofHex(parts[4])));
      }
    } catch (IllegalArgumentException e) {
      throw new MalformedException("path: " + e.getMessage(), e);
    }
    return Optional.empty();
  }
}
