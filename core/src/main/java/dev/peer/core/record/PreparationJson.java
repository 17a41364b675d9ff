package dev.peer.core.record;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.Digest;
import java.time.Duration;
import java.util.List;

/** How a preparation is written in JSON. */
public final class PreparationJson {

  private PreparationJson() {}

  /** Adds its fields to an object. */
  public static void write(ObjectNode json, Preparation preparation) {
    writeNetwork(json.putObject("network"), preparation.network());
    json.put("logSha256", preparation.log().hex());
    json.put("tookMillis", preparation.took().toMillis());
  }

  /** Reads an object that has these fields alone. */
  public static Preparation read(StrictJson json) throws MalformedException {
    PreparationNetwork network = readNetwork(json.object("network"));
    Digest log = json.value("logSha256", Digest::ofHex);
    long took = json.number("tookMillis");
    json.end();
    try {
      return new Preparation(network, log, Duration.ofMillis(took));
    } catch (IllegalArgumentException e) {
      throw new MalformedException("preparation: " + e.getMessage(), e);
    }
  }

  static void writeNetwork(ObjectNode json, PreparationNetwork network) {
    json.put("access", network.access().toString());
    network.hosts().forEach(json.putArray("hosts")::add);
    json.put("hostReachable", network.hostReachable());
  }

  static PreparationNetwork readNetwork(StrictJson json) throws MalformedException {
    PreparationNetwork.Access access = json.value("access", PreparationNetwork.Access::parse);
    List<String> hosts = json.texts("hosts");
    boolean hostReachable = json.truth("hostReachable");
    json.end();
    try {
      return new PreparationNetwork(access, hosts, hostReachable);
    } catch (IllegalArgumentException e) {
      throw new MalformedException("network: " + e.getMessage(), e);
    }
  }
}
