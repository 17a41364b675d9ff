package dev.peer.core.id;

import java.net.InetSocketAddress;

/** The text of a socket's address, in the form that settings take. */
public final class AddressText {

  private AddressText() {}

  /** {@code HOST:PORT}, where a host that is an IPv6 address is in brackets; looks up no name. */
  public static String of(InetSocketAddress address) {
    String host = address.getHostString();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }
}
