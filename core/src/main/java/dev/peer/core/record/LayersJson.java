package dev.peer.core.record;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.Digest;
import java.util.Optional;

/** How the layers that a disk began with are written in JSON: a field only where there are any. */
public final class LayersJson {

  private static final String FIELD = "layers";

  private LayersJson() {}

  /** Adds the field to an object. */
  public static void write(ObjectNode json, Optional<Digest> layers) {
    layers.ifPresent(digest -> json.put(FIELD, digest.toString()));
  }

  /** Reads the field of an object. */
  public static Optional<Digest> read(StrictJson json) throws MalformedException {
    return json.has(FIELD) ? Optional.of(json.value(FIELD, Digest::parse)) : Optional.empty();
  }
}
