package dev.peer.wire;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RunKey;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import java.net.URI;
import java.util.List;

/**
 * An event of a stream.
 *
 * @param addresses where the peer can be reached
 */
public record IndexEvent(RunKey key, PeerId peer, List<URI> addresses) {

  /** The type of an event that tells of a result that passed. */
  public static final String PASSED = "passed";

  /** Copies the addresses. */
  public IndexEvent {
    addresses = List.copyOf(addresses);
  }

  /** Reads {@code {"runKey":"...","peer":"...","addresses":["https://host:port",...]}}. */
  public static IndexEvent parse(byte[] json) throws MalformedException {
    StrictJson object = StrictJson.parse("event", json);
    IndexEvent event =
        new IndexEvent(
            object.value("runKey", RunKey::ofHex),
            object.value("peer", PeerId::new),
            object.values("addresses", PeerAddress::parse));
    object.end();
    return event;
  }

  /** The form that {@link #parse} reads. */
  public byte[] json() {
    ObjectNode object = JsonTree.object();
    object.put("runKey", key.hex());
    object.put("peer", peer.text());
    ArrayNode array = object.putArray("addresses");
    addresses.forEach(address -> array.add(address.toString()));
    return JsonTree.bytes(object);
  }
}
