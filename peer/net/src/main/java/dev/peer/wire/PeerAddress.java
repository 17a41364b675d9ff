package dev.peer.wire;

import dev.peer.core.id.Printable;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;

/** Where a peer or rendezvous can be reached: {@code https://host:port} and nothing more. */
public final class PeerAddress {

  private PeerAddress() {}

  /**
   * Reads an address.
   *
   * @throws IllegalArgumentException if it is not of the form
   */
  public static URI parse(String text) {
    if (text.length() <= Limits.ADDRESS) {
      try {
        URI uri = new URI(text);
        boolean port = uri.getPort() > 0 && uri.getPort() <= 65535;
        // Putting it together again refuses user, path, query, fragment and other spellings.
        if (port && text.equals("https://" + uri.getHost() + ":" + uri.getPort())) {
          return uri;
        }
      } catch (URISyntaxException e) {
        throw refused(text, e);
      }
    }
    throw refused(text, null);
  }

  /** The address of a listening socket. */
  public static URI of(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    String literal = ip.getHostAddress();
    String host =
        ip instanceof Inet6Address ? "[" + literal.replaceFirst("%.*", "") + "]" : literal;
    return URI.create("https://" + host + ":" + address.getPort());
  }

  private static IllegalArgumentException refused(String text, URISyntaxException cause) {
    return new IllegalArgumentException(
        "not an address (https://host:port expected, at most "
            + Limits.ADDRESS
            + " characters): "
            + Printable.of(text),
        cause);
  }
}
