package dev.peer.wire;

import dev.peer.core.id.Printable;
import java.net.URI;

/**
 * The address at a relay of a process that nobody can connect to directly: {@code
 * https://host:port/INSTANCE}.
 *
 * @param relay the relay that it is registered at, as {@link PeerAddress} reads it
 * @param instance which of the peer's processes it is
 */
public record RelayAddress(URI relay, InstanceId instance) {

  /**
   * Reads an address.
   *
   * @throws IllegalArgumentException if it is not of the form
   */
  public static RelayAddress parse(String text) {
    int slash = text.lastIndexOf('/');
    if (slash < "https://".length()) {
      throw new IllegalArgumentException(
          "not an address at a relay (https://host:port/instance expected): " + Printable.of(text));
    }
    return new RelayAddress(
        PeerAddress.parse(text.substring(0, slash)), new InstanceId(text.substring(slash + 1)));
  }

  /** The form that {@link #parse} reads. */
  public URI uri() {
    return URI.create(relay + "/" + instance);
  }
}
