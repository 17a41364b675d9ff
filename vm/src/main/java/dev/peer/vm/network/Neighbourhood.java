package dev.peer.vm.network;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The addresses that lead to this host, or have a meaning only next to it: those of its interfaces,
 * loopback, link-local (where clouds give credentials to their machines), "this network",
 * multicast, reserved ones, and the other addresses at which clouds serve their machines. An IPv6
 * address in which one of IPv4 stands is judged by that.
 */
final class Neighbourhood implements Predicate<InetAddress> {

  private static final long LASTS = TimeUnit.SECONDS.toNanos(2);

  /**
   * Those of Azure, of Alibaba, of Oracle for block storage and metadata; and in IPv6 those of
   * Amazon for metadata, names and time, of Google and of Oracle.
   */
  private static final Set<InetAddress> CLOUDS =
      Stream.of(
              "168.63.129.16",
              "100.100.100.200",
              "192.0.0.192",
              "fd00:ec2::254",
              "fd00:ec2::253",
              "fd00:ec2::123",
              "fd20:ce::254",
              "fd00:c1::a9fe:a9fe")
          .map(InetAddress::ofLiteral)
          .collect(Collectors.toUnmodifiableSet());

  private Set<InetAddress> own = Set.of();
  private long since = System.nanoTime() - LASTS;

  /** Whether the address is one of them; a laptop's change as it moves. */
  @Override
  public synchronized boolean test(InetAddress address) {
    byte[] bytes = address.getAddress();
    boolean special =
        address instanceof Inet4Address ? isSpecial(bytes) : isSpecial6(address, bytes);
    return special
        || address.isLoopbackAddress()
        || address.isLinkLocalAddress()
        || CLOUDS.contains(plain(bytes))
        || own().contains(plain(bytes));
  }

  private static boolean isSpecial(byte[] address) {
    int first = Byte.toUnsignedInt(address[0]);
    return first == 0 || first >= 224;
  }

  private boolean isSpecial6(InetAddress address, byte[] bytes) {
    return address.isMulticastAddress()
        || address.isSiteLocalAddress()
        // Unspecified, loopback, and IPv4 addresses in IPv6 form.
        || begins(bytes, 0, 0, 0, 0, 0, 0, 0, 0)
        // Translation that a network keeps for itself, and Teredo, whose addresses are obscured.
        || begins(bytes, 0x00, 0x64, 0xff, 0x9b, 0x00, 0x01)
        || begins(bytes, 0x20, 0x01, 0x00, 0x00)
        || (begins(bytes, 0x00, 0x64, 0xff, 0x9b) && test(plain(Arrays.copyOfRange(bytes, 12, 16))))
        || (begins(bytes, 0x20, 0x02) && test(plain(Arrays.copyOfRange(bytes, 2, 6))));
  }

  private static boolean begins(byte[] address, int... prefix) {
    for (int i = 0; i < prefix.length; i++) {
      if (Byte.toUnsignedInt(address[i]) != prefix[i]) {
        return false;
      }
    }
    return true;
  }

  private Set<InetAddress> own() {
    if (System.nanoTime() - since >= LASTS) {
      try {
        own =
            NetworkInterface.networkInterfaces()
                .flatMap(each -> each.getInterfaceAddresses().stream())
                .flatMap(Neighbourhood::addresses)
                .collect(Collectors.toUnmodifiableSet());
      } catch (SocketException e) {
        throw new IllegalStateException("the addresses of this host cannot be read", e);
      }
      since = System.nanoTime();
    }
    return own;
  }

  /** Its own and that of the network's routers, to which a host that is one answers datagrams. */
  private static Stream<InetAddress> addresses(InterfaceAddress on) {
    byte[] own = on.getAddress().getAddress();
    byte[] routers = own.clone();
    for (int bit = on.getNetworkPrefixLength(); bit < routers.length * Byte.SIZE; bit++) {
      routers[bit / Byte.SIZE] &= (byte) ~(0x80 >> bit % Byte.SIZE);
    }
    return on.getAddress() instanceof Inet4Address
        ? Stream.of(plain(own))
        : Stream.of(plain(own), plain(routers));
  }

  /** Without the interface that may belong to it. */
  private static InetAddress plain(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("not the bytes of an address", e);
    }
  }
}
