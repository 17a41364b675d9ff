package dev.peer.core.record;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import java.util.ArrayList;
import java.util.List;

/** How the runtimes that a disk came from are written in JSON: a field only where there are any. */
public final class RuntimeIdJson {

  private static final String FIELD = "runtimes";

  private RuntimeIdJson() {}

  /** Adds the field to an object. */
  public static void write(ObjectNode json, List<RuntimeId> runtimes) {
    if (!runtimes.isEmpty()) {
      ArrayNode array = json.putArray(FIELD);
      runtimes.forEach(
          runtime ->
              array
                  .addObject()
                  .put("maker", runtime.maker().text())
                  .put("digest", runtime.content().toString()));
    }
  }

  /** Reads the field of an object. */
  public static List<RuntimeId> read(StrictJson json) throws MalformedException {
    List<RuntimeId> runtimes = new ArrayList<>();
    if (json.has(FIELD)) {
      for (StrictJson runtime : json.objects(FIELD)) {
        runtimes.add(
            new RuntimeId(
                runtime.value("maker", PeerId::new), runtime.value("digest", Digest::parse)));
        runtime.end();
      }
      if (runtimes.isEmpty()) {
        throw new MalformedException(FIELD + ": runtimes, or nothing, were expected");
      }
    }
    return runtimes;
  }
}
