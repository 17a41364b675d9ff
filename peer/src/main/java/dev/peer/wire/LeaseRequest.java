package dev.peer.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import java.net.URI;
import java.util.HashSet;
import java.util.List;

/**
 * What a peer tells the rendezvous to get or keep a lease.
 *
 * @param addresses where it can be reached, the best first; 1 to 8, each once
 */
public record LeaseRequest(List<URI> addresses) {

  /** Copies the addresses. */
  public LeaseRequest {
    addresses = List.copyOf(addresses);
    if (addresses.isEmpty()
        || addresses.size() > Limits.ADDRESSES
        || new HashSet<>(addresses).size() < addresses.size()) {
      throw new IllegalArgumentException(
          "1 to " + Limits.ADDRESSES + " addresses expected, each once");
    }
  }

  /** Reads {@code {"addresses":["https://host:port",...]}}. */
  public static LeaseRequest parse(byte[] json) throws MalformedException {
    StrictJson object = StrictJson.parse("lease", json);
    List<URI> addresses = object.values("addresses", PeerAddress::parse);
    object.end();
    try {
      return new LeaseRequest(addresses);
    } catch (IllegalArgumentException e) {
      throw new MalformedException("lease.addresses: " + e.getMessage(), e);
    }
  }

  /** The form that {@link #parse} reads. */
  public byte[] json() {
    ObjectNode object = StrictJson.object();
    var array = object.putArray("addresses");
    addresses.forEach(address -> array.add(address.toString()));
    return StrictJson.bytes(object);
  }
}
