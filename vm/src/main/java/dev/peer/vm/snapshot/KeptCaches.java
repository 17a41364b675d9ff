package dev.peer.vm.snapshot;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.SharedCaches;
import dev.peer.core.record.StrictJson;

/**
 * The caches on a kept disk.
 *
 * @param shared those that move with a runtime that is made of it
 * @param others whether it holds any besides these
 */
public record KeptCaches(SharedCaches shared, boolean others) {

  private static final String OTHERS = "others";

  void write(ObjectNode json) {
    shared.write(json);
    json.put(OTHERS, others);
  }

  static KeptCaches read(StrictJson json) throws MalformedException {
    KeptCaches caches = new KeptCaches(SharedCaches.read(json), json.truth(OTHERS));
    json.end();
    return caches;
  }
}
