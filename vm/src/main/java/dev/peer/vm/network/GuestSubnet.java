package dev.peer.vm.network;

import dev.peer.core.network.AllowedHost;
import dev.peer.core.network.Reach;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/**
 * The network between a guest and QEMU: a guest cannot reach another one with the same addresses.
 *
 * @param prefix the three bytes before those of its IPv4 hosts, such as {@code 10.0.2}
 * @param ipv6 whether it has IPv6 addresses too
 */
public record GuestSubnet(String prefix, boolean ipv6) {

  /** The one that guests have wherever nothing else has it, without IPv6. */
  public static final GuestSubnet USUAL = new GuestSubnet("10.0.2", false);

  /**
   * Of three private blocks, and of the one for measurements, in the order in which they are tried.
   */
  private static final List<String> PREFIXES =
      List.of(USUAL.prefix, "192.168.241", "172.30.241", "198.18.241");

  /**
   * Of the block for measurements. From a private or site-local address, programs would prefer IPv4
   * wherever a name has both.
   */
  private static final String PREFIX_6 = "2001:2::";

  private static final int PREFIX_BYTES = 3;
  private static final int PREFIX_6_BYTES = 8;

  /** The one for a guest of this host; without routes that can be read, the usual one. */
  public static GuestSubnet here(Reach reach) {
    return choose(reach, HostRoutes.now());
  }

  /**
   * The first that no route of the host leads to, besides that to everywhere; the usual one if all
   * are taken, or if the guest is to reach this host by its address there. It has IPv6 where only
   * IPv6 leads out of the host, and where the guest is to reach an IPv6 address.
   */
  static GuestSubnet choose(Reach reach, HostRoutes routes) {
    List<AllowedHost> listed = reach.listed();
    boolean ipv6 =
        routes.leadOutBySix()
            && (!routes.leadOutByFour() || listed.stream().anyMatch(AllowedHost::isIpv6Address));
    if (listed.stream().anyMatch(AllowedHost::isThisHost)) {
      return new GuestSubnet(USUAL.prefix, ipv6);
    }
    String free =
        PREFIXES.stream().filter(each -> !routes.leadTo(each)).findFirst().orElse(USUAL.prefix);
    return new GuestSubnet(free, ipv6);
  }

  /** Where the guest finds the loopback interface of this host. */
  public Inet4Address host() {
    return (Inet4Address) InetAddress.ofLiteral(prefix + ".2");
  }

  /** The address of this host from which a guest is told something by IPv6. */
  static Inet6Address host6() {
    return (Inet6Address) InetAddress.ofLiteral(PREFIX_6 + 2);
  }

  boolean isNameServer(InetAddress address) {
    return address.equals(InetAddress.ofLiteral(prefix + ".3"))
        || (ipv6 && address.equals(InetAddress.ofLiteral(PREFIX_6 + 3)));
  }

  /** Whether QEMU leads it to this host. */
  boolean contains(InetAddress address) {
    return beginsLike(address, host(), PREFIX_BYTES)
        || (ipv6 && beginsLike(address, host6(), PREFIX_6_BYTES));
  }

  private static boolean beginsLike(InetAddress address, InetAddress other, int bytes) {
    byte[] one = address.getAddress();
    byte[] two = other.getAddress();
    return one.length == two.length && Arrays.equals(one, 0, bytes, two, 0, bytes);
  }

  /** What QEMU is told of it, behind other options. */
  public String options() {
    return (ipv6 ? ",ipv6-prefix=" + PREFIX_6 + ",ipv6-prefixlen=64" : ",ipv6=off")
        + (prefix.equals(USUAL.prefix) ? "" : ",net=" + this);
  }

  /** What the guest's kernel is told of it, behind other arguments. */
  public String kernelArguments() {
    return (prefix.equals(USUAL.prefix) ? "" : " peer.network=" + prefix)
        + (ipv6 ? " peer.network6=" + PREFIX_6 : "");
  }

  /** The form {@code 10.0.2.0/24}, of its IPv4 addresses. */
  @Override
  public String toString() {
    return prefix + ".0/24";
  }
}
