package dev.peer.daemon.socket;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import java.util.List;

/**
 * Names of the variables that a run is to have from its caller.
 *
 * @param variables the counted variables
 * @param secrets the secrets, which do not count and are never written to disk
 */
public record RequestedVariables(List<String> variables, List<String> secrets) {

  /** Copies the lists. */
  public RequestedVariables {
    variables = List.copyOf(variables);
    secrets = List.copyOf(secrets);
  }

  byte[] bytes() {
    ObjectNode node = JsonTree.object();
    variables.forEach(node.putArray("variables")::add);
    secrets.forEach(node.putArray("secrets")::add);
    return JsonTree.bytes(node);
  }

  static RequestedVariables parse(byte[] bytes) throws MalformedException {
    StrictJson json = StrictJson.parse("the requested variables", bytes);
    RequestedVariables needed =
        new RequestedVariables(json.texts("variables"), json.texts("secrets"));
    json.end();
    return needed;
  }
}
