package dev.peer.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;

/**
 * How a rendezvous is.
 *
 * @param leases how many leases it knows
 * @param results how many results are announced under them, each holder counted
 */
public record RendezvousStatus(long leases, long results) {

  /** Reads {@code {"leases":n,"results":m}}. */
  public static RendezvousStatus parse(byte[] json) throws MalformedException {
    StrictJson object = StrictJson.parse("status", json);
    RendezvousStatus status =
        new RendezvousStatus(object.number("leases"), object.number("results"));
    object.end();
    return status;
  }

  /** The form that {@link #parse} reads. */
  public byte[] json() {
    ObjectNode object = JsonTree.object();
    object.put("leases", leases);
    object.put("results", results);
    return JsonTree.bytes(object);
  }
}
