package dev.peer.core.record;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.json.JsonTree;

/**
 * How often the tests were tried.
 *
 * @param passedAt the try that passed, from 1
 * @param allowed how many tries there could have been
 */
public record Tries(int passedAt, int allowed) {

  /** The only try there could be. */
  public static final Tries ONCE = new Tries(1, 1);

  /** Refuses a try that there cannot have been. */
  public Tries {
    if (passedAt < 1 || allowed < passedAt) {
      throw new IllegalArgumentException(
          "a try of at least 1 and at most " + allowed + " was expected, not " + passedAt);
    }
  }

  /** The same for programs. */
  public ObjectNode json() {
    return JsonTree.object().put("passedAt", passedAt).put("allowed", allowed);
  }

  @Override
  public String toString() {
    return passedAt + " of " + allowed;
  }
}
