package dev.peer.vm.network;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The routes of this host.
 *
 * @param four the kernel's of IPv4, a line each
 * @param six the kernel's of IPv6, a line each
 */
record HostRoutes(List<String> four, List<String> six) {

  private static final Path FOUR = Path.of("/proc/net/route");
  private static final Path SIX = Path.of("/proc/net/ipv6_route");

  /**
   * Destination, flags and mask of one that is to an interface, each address of it from the last
   * byte to the first.
   */
  private static final Pattern ROUTE =
      Pattern.compile(
          "[^\\s*]\\S*\\s+([0-9A-F]{8})\\s+[0-9A-F]{8}(?:\\s+[0-9A-F]+){4}\\s+([0-9A-F]{8})\\s.*");

  /** The length of the destination, and flags. */
  private static final Pattern ROUTE_6 =
      Pattern.compile(
          "[0-9a-f]{32} ([0-9a-f]{2}) [0-9a-f]{32} [0-9a-f]{2} [0-9a-f]{32}"
              + "(?: [0-9a-f]{8}){3} ([0-9a-f]{8})\\s+(?!lo$)\\S+");

  /** A route to more than what its first byte says is one to everywhere, as of a VPN for all. */
  private static final int EVERYWHERE = 0xff000000;

  private static final int OWN_BYTE = 0xffffff00;

  /** The addresses of everybody are these three bits and the rest. */
  private static final int MOST_BITS_OF_EVERYWHERE = 3;

  private static final int UP = 0x1;
  private static final int REJECTS = 0x200;

  /** Copies the lists. */
  HostRoutes {
    four = List.copyOf(four);
    six = List.copyOf(six);
  }

  /** Those of now; a family that cannot be read has none. */
  static HostRoutes now() {
    return new HostRoutes(lines(FOUR), lines(SIX));
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }

  /**
   * Whether one leads to a part of a network, besides one to everywhere.
   *
   * @param prefix the three first bytes of the network's addresses, such as {@code 10.0.2}
   */
  boolean leadTo(String prefix) {
    int network = number(InetAddress.ofLiteral(prefix + ".0").getAddress());
    return four.stream()
        .map(ROUTE::matcher)
        .filter(Matcher::matches)
        .anyMatch(
            route -> {
              int mask = number(route.group(2));
              return !isEverywhere(mask)
                  && ((network ^ number(route.group(1))) & mask & OWN_BYTE) == 0;
            });
  }

  /** Whether one leads to everywhere by IPv6. */
  boolean leadOutBySix() {
    return six.stream()
        .map(ROUTE_6::matcher)
        .filter(Matcher::matches)
        .anyMatch(
            route ->
                Integer.parseInt(route.group(1), 16) <= MOST_BITS_OF_EVERYWHERE
                    && (Integer.parseUnsignedInt(route.group(2), 16) & (UP | REJECTS)) == UP);
  }

  /** Whether one leads to everywhere by IPv4. */
  boolean leadOutByFour() {
    return four.stream()
        .map(ROUTE::matcher)
        .anyMatch(route -> route.matches() && isEverywhere(number(route.group(2))));
  }

  private static boolean isEverywhere(int mask) {
    return (mask & EVERYWHERE) != EVERYWHERE;
  }

  private static int number(String hex) {
    return Integer.reverseBytes(Integer.parseUnsignedInt(hex, 16));
  }

  private static int number(byte[] address) {
    return ByteBuffer.wrap(address).getInt();
  }
}
