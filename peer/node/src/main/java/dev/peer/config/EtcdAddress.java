package dev.peer.config;

import dev.peer.core.id.Printable;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * Where an etcd is.
 *
 * @param members of one etcd, each {@code https://host:port}, at least one
 */
public record EtcdAddress(List<URI> members) {

  private static final String SCHEME = "etcd:";

  /** Copies the list. */
  public EtcdAddress {
    members = List.copyOf(members);
  }

  /**
   * Takes {@code etcd:https://HOST:PORT[,https://HOST:PORT...]}.
   *
   * @throws IllegalArgumentException for other text
   */
  public static EtcdAddress parse(String text) {
    if (!text.startsWith(SCHEME)) {
      throw refused(text, null);
    }
    List<URI> members = new ArrayList<>();
    try {
      for (String member : text.substring(SCHEME.length()).split(",", -1)) {
        URI uri = ValueForms.server(member);
        ValueForms.require(uri.getPort() > 0);
        members.add(uri);
      }
    } catch (IllegalArgumentException e) {
      throw refused(text, e);
    }
    return new EtcdAddress(members);
  }

  private static IllegalArgumentException refused(String text, Exception cause) {
    return new IllegalArgumentException(
        "not an etcd (etcd:https://HOST:PORT[,https://HOST:PORT...] expected): "
            + Printable.of(text),
        cause);
  }
}
