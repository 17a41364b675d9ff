package dev.peer.handover;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import java.util.Map;

/**
 * The values of what was {@link Needed}, as far as the caller has any.
 *
 * @param variables those that count
 * @param secrets those that do not, and are never written to disk
 */
public record Given(Map<String, String> variables, Map<String, String> secrets) {

  /** Copies the maps. */
  public Given {
    variables = Map.copyOf(variables);
    secrets = Map.copyOf(secrets);
  }

  /** Whether nothing is in it that was not asked for. */
  boolean answers(Needed needed) {
    return needed.variables().containsAll(variables.keySet())
        && needed.secrets().containsAll(secrets.keySet());
  }

  byte[] bytes() {
    ObjectNode node = StrictJson.object();
    variables.forEach(node.putObject("variables")::put);
    secrets.forEach(node.putObject("secrets")::put);
    return StrictJson.bytes(node);
  }

  static Given parse(byte[] bytes) throws MalformedException {
    StrictJson json = StrictJson.parse("what is given", bytes);
    Given given = new Given(json.textMap("variables"), json.textMap("secrets"));
    json.end();
    return given;
  }

  /** Names alone: a value may be a secret. */
  @Override
  public String toString() {
    return "Given" + variables.keySet() + secrets.keySet();
  }
}
