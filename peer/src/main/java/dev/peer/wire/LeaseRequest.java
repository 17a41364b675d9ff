package dev.peer.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.Digest;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import java.net.URI;
import java.util.HashSet;
import java.util.List;

/**
 * What a peer tells the rendezvous to get or keep a lease.
 *
 * @param addresses where it can be reached, the best first; 1 to 8, each once
 * @param images the guest images that it holds; at most 32, each once
 */
public record LeaseRequest(List<URI> addresses, List<Digest> images) {

  /** Of a peer that holds no image. */
  public LeaseRequest(List<URI> addresses) {
    this(addresses, List.of());
  }

  /** Copies the lists. */
  public LeaseRequest {
    addresses = List.copyOf(addresses);
    images = List.copyOf(images);
    if (addresses.isEmpty()
        || addresses.size() > Limits.ADDRESSES
        || new HashSet<>(addresses).size() < addresses.size()) {
      throw new IllegalArgumentException(
          "1 to " + Limits.ADDRESSES + " addresses expected, each once");
    }
    if (images.size() > Limits.IMAGES || new HashSet<>(images).size() < images.size()) {
      throw new IllegalArgumentException(
          "at most " + Limits.IMAGES + " images expected, each once");
    }
  }

  /**
   * Reads {@code {"addresses":["https://host:port",...],"images":["sha256:...",...]}}, where the
   * images may be missing.
   */
  public static LeaseRequest parse(byte[] json) throws MalformedException {
    StrictJson object = StrictJson.parse("lease", json);
    List<URI> addresses = object.values("addresses", PeerAddress::parse);
    List<Digest> images = object.optionalValues("images", Digest::parse);
    object.end();
    try {
      return new LeaseRequest(addresses, images);
    } catch (IllegalArgumentException e) {
      throw new MalformedException("lease: " + e.getMessage(), e);
    }
  }

  /** The form that {@link #parse} reads. */
  public byte[] json() {
    ObjectNode object = StrictJson.object();
    var array = object.putArray("addresses");
    addresses.forEach(address -> array.add(address.toString()));
    if (!images.isEmpty()) {
      var digests = object.putArray("images");
      images.forEach(image -> digests.add(image.toString()));
    }
    return StrictJson.bytes(object);
  }
}
