package dev.peer.wire;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.RunKey;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import java.util.List;
import java.util.Set;

/**
 * Runs of one repository whose results are announced together.
 *
 * @param runs 1 to 200, each once
 */
public record RunList(List<RunKey> runs) {

  /** Copies the runs, and refuses too many. */
  public RunList {
    runs = List.copyOf(runs);
    if (runs.isEmpty() || runs.size() > Limits.RUNS || Set.copyOf(runs).size() < runs.size()) {
      throw new IllegalArgumentException("1 to " + Limits.RUNS + " runs expected, each once");
    }
  }

  /** Reads {@code {"runs":["...",...]}}, the keys of the runs. */
  public static RunList parse(byte[] json) throws MalformedException {
    StrictJson object = StrictJson.parse("runs", json);
    List<RunKey> runs = object.values("runs", RunKey::ofHex);
    object.end();
    try {
      return new RunList(runs);
    } catch (IllegalArgumentException e) {
      throw new MalformedException("runs: " + e.getMessage(), e);
    }
  }

  /** The form that {@link #parse} reads. */
  public byte[] json() {
    ObjectNode object = JsonTree.object();
    ArrayNode array = object.putArray("runs");
    runs.forEach(run -> array.add(run.hex()));
    return JsonTree.bytes(object);
  }
}
