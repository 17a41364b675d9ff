package dev.peer.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.PeerId;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;

/**
 * How a peer is.
 *
 * @param peer its id
 * @param results how many results it serves
 */
public record PeerStatus(PeerId peer, long results) {

  /** Reads {@code {"peer":"...","results":n}}. */
  public static PeerStatus parse(byte[] json) throws MalformedException {
    StrictJson object = StrictJson.parse("status", json);
    PeerStatus status = new PeerStatus(object.value("peer", PeerId::new), object.number("results"));
    object.end();
    return status;
  }

  /** The form that {@link #parse} reads. */
  public byte[] json() {
    ObjectNode object = JsonTree.object();
    object.put("peer", peer.text());
    object.put("results", results);
    return JsonTree.bytes(object);
  }
}
