package dev.peer.wire;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The addresses that a peer may name as its own. Their readers connect to them, so they must mean
 * one other machine, at a port for peers: 443, or one from 1024 on.
 */
public final class AddressScope {

  private static final int HTTPS = 443;
  private static final int FIRST_OPEN_PORT = 1024;
  private static final String LOOPBACK_NAME = "localhost";

  private AddressScope() {}

  /**
   * The addresses that others may learn. A host name is accepted: its addresses are checked when it
   * is resolved.
   *
   * @param loopback whether it is told to this very machine, which may then be meant
   */
  public static List<URI> among(List<URI> addresses, boolean loopback) {
    return addresses.stream().filter(address -> includes(address, loopback)).toList();
  }

  private static boolean includes(URI address, boolean loopback) {
    return hasOpenPort(address)
        && literal(address).map(ip -> includes(ip, loopback)).orElse(true)
        && (loopback || !address.getHost().equalsIgnoreCase(LOOPBACK_NAME));
  }

  /** Whether a peer can listen at the port. */
  public static boolean hasOpenPort(URI address) {
    return address.getPort() == HTTPS || address.getPort() >= FIRST_OPEN_PORT;
  }

  /**
   * Whether it means one machine, as the same to everybody.
   *
   * @param loopback whether the machine itself is meant too
   */
  public static boolean includes(InetAddress ip, boolean loopback) {
    return (loopback || !ip.isLoopbackAddress())
        && !ip.isAnyLocalAddress()
        && !ip.isLinkLocalAddress()
        && !ip.isMulticastAddress();
  }

  /** Whether it names the machine's own interface, in so many words. */
  public static boolean isLoopback(URI address) {
    return address.getHost().equalsIgnoreCase(LOOPBACK_NAME)
        || literal(address).filter(InetAddress::isLoopbackAddress).isPresent();
  }

  /** Whether it leads only to the machine's own interface; a name is resolved. */
  public static boolean leadsToLoopback(URI address) {
    try {
      return Arrays.stream(InetAddress.getAllByName(address.getHost()))
          .allMatch(InetAddress::isLoopbackAddress);
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static Optional<InetAddress> literal(URI address) {
    try {
      return Optional.of(InetAddress.ofLiteral(address.getHost()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
