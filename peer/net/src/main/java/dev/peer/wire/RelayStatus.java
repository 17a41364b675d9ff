package dev.peer.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;

/**
 * How a relay is.
 *
 * @param registrations how many processes of peers are registered
 * @param tunnels how many connections it passes on now
 * @param bytes how many bytes it has passed on since it started
 */
public record RelayStatus(long registrations, long tunnels, long bytes) {

  /** Reads {@code {"registrations":n,"tunnels":m,"bytes":k}}. */
  public static RelayStatus parse(byte[] json) throws MalformedException {
    StrictJson object = StrictJson.parse("status", json);
    RelayStatus status =
        new RelayStatus(
            object.number("registrations"), object.number("tunnels"), object.number("bytes"));
    object.end();
    return status;
  }

  /** The form that {@link #parse} reads. */
  public byte[] json() {
    ObjectNode object = JsonTree.object();
    object.put("registrations", registrations);
    object.put("tunnels", tunnels);
    object.put("bytes", bytes);
    return JsonTree.bytes(object);
  }
}
