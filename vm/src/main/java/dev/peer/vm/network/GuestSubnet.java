package dev.peer.vm.network;

import dev.peer.core.network.Reach;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The network between a guest and QEMU: a guest cannot reach another one with the same addresses.
 *
 * @param prefix the three bytes before those of its hosts, such as {@code 10.0.2}
 */
public record GuestSubnet(String prefix) {

  /** The one that guests have wherever nothing else has it. */
  public static final GuestSubnet USUAL = new GuestSubnet("10.0.2");

  /**
   * Of three private blocks, and of the one for measurements, in the order in which they are tried.
   */
  private static final List<GuestSubnet> ALL =
      List.of(
          USUAL,
          new GuestSubnet("192.168.241"),
          new GuestSubnet("172.30.241"),
          new GuestSubnet("198.18.241"));

  private static final Path ROUTES = Path.of("/proc/net/route");

  /** Interface, destination and gateway, each number of it from the last byte to the first. */
  private static final Pattern ROUTE =
      Pattern.compile(
          "\\S+\\s+([0-9A-F]{8})\\s+[0-9A-F]{8}(?:\\s+[0-9A-F]+){4}\\s+([0-9A-F]{8})\\s.*");

  /** A route to more than what its first byte says is one to everywhere, as of a VPN for all. */
  private static final int EVERYWHERE = 0xff000000;

  private static final int OWN_BYTE = 0xffffff00;

  /** The one for a guest of this host; without routes that can be read, the usual one. */
  public static GuestSubnet here(Reach reach) {
    try {
      return choose(reach, Files.readAllLines(ROUTES));
    } catch (IOException e) {
      return USUAL;
    }
  }

  /**
   * The first that no route of the host leads to, besides that to everywhere; the usual one if all
   * are taken, or if the guest is to reach this host by its address there.
   *
   * @param routes the kernel's, a line each
   */
  static GuestSubnet choose(Reach reach, List<String> routes) {
    if (reach instanceof Reach.Hosts hosts && hosts.namesThisHost()) {
      return USUAL;
    }
    return ALL.stream()
        .filter(subnet -> routes.stream().noneMatch(subnet::isIn))
        .findFirst()
        .orElse(USUAL);
  }

  private boolean isIn(String route) {
    Matcher fields = ROUTE.matcher(route);
    if (!fields.matches()) {
      return false;
    }
    int destination = number(fields.group(1));
    int mask = number(fields.group(2));
    int own = ((Inet4Address) InetAddress.ofLiteral(prefix + ".0")).hashCode();
    return (mask & EVERYWHERE) == EVERYWHERE && ((own ^ destination) & mask & OWN_BYTE) == 0;
  }

  private static int number(String hex) {
    return Integer.reverseBytes(Integer.parseUnsignedInt(hex, 16));
  }

  /** Where the guest finds the loopback interface of this host. */
  public Inet4Address host() {
    return address(2);
  }

  Inet4Address nameServer() {
    return address(3);
  }

  boolean contains(Inet4Address address) {
    return address.getHostAddress().startsWith(prefix + ".");
  }

  private Inet4Address address(int last) {
    return (Inet4Address) InetAddress.ofLiteral(prefix + "." + last);
  }

  /** What QEMU is told of it, behind other options. */
  public String option() {
    return equals(USUAL) ? "" : ",net=" + this;
  }

  /** What the guest's kernel is told of it, behind other arguments. */
  public String kernelArgument() {
    return equals(USUAL) ? "" : " peer.network=" + prefix;
  }

  /** The form {@code 10.0.2.0/24}. */
  @Override
  public String toString() {
    return prefix + ".0/24";
  }
}
