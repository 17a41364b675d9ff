package dev.peer.wire;

import dev.peer.core.id.PeerId;
import dev.peer.core.record.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The paths of a relay. */
public sealed interface RelayPath {

  /** The protocol that a connection upgrades to. */
  String UPGRADE = "peer-relay";

  /** To be reachable here, as a process of the caller's peer. */
  record Registration(InstanceId instance) implements RelayPath {}

  /** A connection to a process of a peer. */
  record Peer(PeerId peer, InstanceId instance) implements RelayPath {}

  /** To become the other end of a requested connection. */
  record Dial(DialId id) implements RelayPath {}

  /** How the relay is. */
  record Status() implements RelayPath {}

  /** The path of a request, as it goes over the wire. */
  default String text() {
    return switch (this) {
      case Registration(InstanceId instance) -> "/v1/registrations/" + instance;
      case Peer(PeerId peer, InstanceId instance) ->
          "/v1/peers/" + PercentEncoding.encode(peer.text()) + "/" + instance;
      case Dial(DialId id) -> "/v1/dials/" + id;
      case Status _ -> "/v1/status";
    };
  }

  /** The path's template, as in the OpenAPI document, metrics and logs. */
  default String template() {
    return switch (this) {
      case Registration _ -> "/v1/registrations/{instance}";
      case Peer _ -> "/v1/peers/{peer}/{instance}";
      case Dial _ -> "/v1/dials/{dial}";
      case Status _ -> "/v1/status";
    };
  }

  /** The head of the request for this path, after whose answer the connection carries bytes. */
  default byte[] upgrade(String host) {
    return HttpHead.bytes(
        "GET " + text() + " HTTP/1.1",
        "Host: " + host,
        Trace.HEADER + ": " + Trace.ofProcess().header(),
        "Connection: Upgrade",
        "Upgrade: " + UPGRADE);
  }

  /** The answer, after which the connection carries bytes. */
  static byte[] upgraded() {
    return HttpHead.bytes(
        "HTTP/1.1 101 Switching Protocols", "Connection: Upgrade", "Upgrade: " + UPGRADE);
  }

  /** Whether this is the head of that answer. */
  static boolean isUpgraded(HttpHead answer) {
    return answer.start().startsWith("HTTP/1.1 101 ")
        && answer.header("upgrade").filter(UPGRADE::equals).isPresent();
  }

  /** The head of an answer with a body, the last on its connection. */
  static byte[] answer(int status, String mediaType, int length, Map<String, String> headers) {
    List<String> lines = new ArrayList<>();
    String reason = status == 200 ? " OK" : status == 303 ? " See Other" : " Refused";
    lines.add("HTTP/1.1 " + status + reason);
    lines.add("Content-Type: " + mediaType);
    lines.add("Content-Length: " + length);
    lines.add(MediaTypes.OPTIONS_HEADER + ": " + MediaTypes.NO_SNIFF);
    lines.add("Connection: close");
    headers.forEach((name, value) -> lines.add(name + ": " + value));
    return HttpHead.bytes(lines.toArray(String[]::new));
  }

  /**
   * Reads the path of a request, still encoded. Empty: there is no such path.
   *
   * @throws MalformedException if a part of it is malformed
   */
  static Optional<RelayPath> parse(String raw) throws MalformedException {
    String[] parts = raw.split("/", -1);
    try {
      if (parts.length == 3 && raw.equals("/v1/status")) {
        return Optional.of(new Status());
      }
      if (parts.length == 4 && raw.startsWith("/v1/registrations/")) {
        return Optional.of(new Registration(new InstanceId(parts[3])));
      }
      if (parts.length == 4 && raw.startsWith("/v1/dials/")) {
        return Optional.of(new Dial(new DialId(parts[3])));
      }
      if (parts.length == 5 && raw.startsWith("/v1/peers/")) {
        PeerId peer = new PeerId(PercentEncoding.decode(parts[3]));
        return Optional.of(new Peer(peer, new InstanceId(parts[4])));
      }
    } catch (IllegalArgumentException e) {
      throw new MalformedException("path: " + e.getMessage(), e);
    }
    return Optional.empty();
  }
}
