package dev.peer.daemon.socket;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import java.util.Map;

/**
 * The values of what was {@link RequestedVariables}, as far as the caller has any.
 *
 * @param variables the counted variables
 * @param secrets the secrets, which do not count and are never written to disk
 */
public record SubmittedVariables(Map<String, String> variables, Map<String, String> secrets) {

  /** Copies the maps. */
  public SubmittedVariables {
    variables = Map.copyOf(variables);
    secrets = Map.copyOf(secrets);
  }

  /** Whether nothing is in it that was not asked for. */
  boolean answers(RequestedVariables needed) {
    return needed.variables().containsAll(variables.keySet())
        && needed.secrets().containsAll(secrets.keySet());
  }

  byte[] bytes() {
    ObjectNode node = JsonTree.object();
    variables.forEach(node.putObject("variables")::put);
    secrets.forEach(node.putObject("secrets")::put);
    return JsonTree.bytes(node);
  }

  static SubmittedVariables parse(byte[] bytes) throws MalformedException {
    StrictJson json = StrictJson.parse("the given variables", bytes);
    SubmittedVariables given =
        new SubmittedVariables(json.textMap("variables"), json.textMap("secrets"));
    json.end();
    return given;
  }

  /** Names alone: a value may be a secret. */
  @Override
  public String toString() {
    return "Given" + variables.keySet() + secrets.keySet();
  }
}
