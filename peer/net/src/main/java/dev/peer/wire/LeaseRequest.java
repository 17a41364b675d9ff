package dev.peer.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.Digest;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import java.net.URI;
import java.util.HashSet;
import java.util.List;

/**
 * A peer's request to get or keep a lease.
 *
 * @param addresses where it can be reached, the best first; at most 8, each once, and at least one
 *     where there are no relays
 * @param images the guest images that it holds; at most 32, each once
 * @param relays where it is registered, as {@link RelayAddress} reads them, the best first; at most
 *     4, each once
 */
public record LeaseRequest(List<URI> addresses, List<Digest> images, List<URI> relays) {

  /** Of a peer that holds no image. */
  public LeaseRequest(List<URI> addresses) {
    this(addresses, List.of());
  }

  /** Of a peer that is at no relay. */
  public LeaseRequest(List<URI> addresses, List<Digest> images) {
    this(addresses, images, List.of());
  }

  /** Copies the lists. */
  public LeaseRequest {
    addresses = List.copyOf(addresses);
    images = List.copyOf(images);
    relays = List.copyOf(relays);
    if ((addresses.isEmpty() && relays.isEmpty())
        || addresses.size() > Limits.ADDRESSES
        || new HashSet<>(addresses).size() < addresses.size()) {
      throw new IllegalArgumentException(
          "1 to " + Limits.ADDRESSES + " addresses expected, each once");
    }
    if (images.size() > Limits.IMAGES || new HashSet<>(images).size() < images.size()) {
      throw new IllegalArgumentException(
          "at most " + Limits.IMAGES + " images expected, each once");
    }
    if (relays.size() > Limits.RELAYS || new HashSet<>(relays).size() < relays.size()) {
      throw new IllegalArgumentException(
          "at most " + Limits.RELAYS + " relays expected, each once");
    }
  }

  /**
   * Reads {@code {"addresses":["https://host:port",...],"images":["sha256:...",...],
   * "relays":["https://host:port/instance",...]}}, where images and relays may be missing.
   */
  public static LeaseRequest parse(byte[] json) throws MalformedException {
    StrictJson object = StrictJson.parse("lease", json);
    List<URI> addresses = object.values("addresses", PeerAddress::parse);
    List<Digest> images = object.optionalValues("images", Digest::parse);
    List<URI> relays = object.optionalValues("relays", text -> RelayAddress.parse(text).uri());
    object.end();
    try {
      return new LeaseRequest(addresses, images, relays);
    } catch (IllegalArgumentException e) {
      throw new MalformedException("lease: " + e.getMessage(), e);
    }
  }

  /** The form that {@link #parse} reads. */
  public byte[] json() {
    ObjectNode object = JsonTree.object();
    var reachable = object.putArray("addresses");
    addresses.forEach(address -> reachable.add(address.toString()));
    if (!images.isEmpty()) {
      var digests = object.putArray("images");
      images.forEach(image -> digests.add(image.toString()));
    }
    if (!relays.isEmpty()) {
      var array = object.putArray("relays");
      relays.forEach(relay -> array.add(relay.toString()));
    }
    return JsonTree.bytes(object);
  }
}
