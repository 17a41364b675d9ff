package dev.peer.wire;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import java.net.URI;
import java.util.HashSet;
import java.util.List;

/**
 * Addresses of one peer: in a request those to try, in an answer those where it was reached.
 *
 * @param addresses {@code https://host:port}, at most 8, each once
 */
public record AddressList(List<URI> addresses) {

  /** Copies the addresses, and refuses too many. */
  public AddressList {
    addresses = List.copyOf(addresses);
    if (addresses.size() > Limits.ADDRESSES || new HashSet<>(addresses).size() < addresses.size()) {
      throw new IllegalArgumentException(
          "at most " + Limits.ADDRESSES + " addresses expected, each once");
    }
  }

  /** Reads {@code {"addresses":["https://host:port",...]}}. */
  public static AddressList parse(byte[] json) throws MalformedException {
    StrictJson object = StrictJson.parse("addresses", json);
    List<URI> addresses = object.values("addresses", PeerAddress::parse);
    object.end();
    try {
      return new AddressList(addresses);
    } catch (IllegalArgumentException e) {
      throw new MalformedException("addresses: " + e.getMessage(), e);
    }
  }

  /** The form that {@link #parse} reads. */
  public byte[] json() {
    ObjectNode object = JsonTree.object();
    ArrayNode array = object.putArray("addresses");
    addresses.forEach(address -> array.add(address.toString()));
    return JsonTree.bytes(object);
  }
}
