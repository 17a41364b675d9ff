package dev.peer.config;

import dev.peer.core.id.Printable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host and a port.
 *
 * @param host a name or an address; an IPv6 address without brackets
 * @param port 0 to 65535
 */
public record HostPort(String host, int port) {

  /** The form, for messages. */
  static final String EXPECTED = "HOST:PORT or [IPV6]:PORT without a zone";

  private static final Pattern FORM =
      Pattern.compile("(?:\\[([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)\\]|([A-Za-z0-9._-]+)):([0-9]{1,5})");

  /**
   * Takes {@code HOST:PORT}, where a host that is an IPv6 address is in brackets and has no zone.
   *
   * @throws IllegalArgumentException for other text
   */
  public static HostPort parse(String text) {
    Matcher form = FORM.matcher(text);
    int port = form.matches() ? Integer.parseInt(form.group(3)) : -1;
    if (port < 0 || port > 65535 || !isAddressOrNone(form.group(1))) {
      throw new IllegalArgumentException(
          "not a host and a port (" + EXPECTED + " expected): " + Printable.of(text));
    }
    return new HostPort(form.group(1) == null ? form.group(2) : form.group(1), port);
  }

  private static boolean isAddressOrNone(String bracketed) {
    try {
      return bracketed == null || InetAddress.ofLiteral(bracketed) != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The same host, with the port that was taken where it is 0 here. */
  public HostPort at(InetSocketAddress bound) {
    return new HostPort(host, bound.getPort());
  }

  /** The form that {@link #parse} takes. */
  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
