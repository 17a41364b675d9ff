package dev.peer.vm.network;

import java.net.Inet4Address;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The addresses that lead to this host, or have a meaning only next to it: those of its interfaces,
 * loopback, link-local (where clouds give credentials to their machines), "this network",
 * multicast, reserved ones, and the other addresses at which clouds serve their machines.
 */
final class Neighbourhood implements Predicate<Inet4Address> {

  private static final long LASTS = TimeUnit.SECONDS.toNanos(2);

  /** Those of Azure, of Alibaba, and of Oracle for block storage and metadata. */
  private static final Set<Inet4Address> CLOUDS =
      Stream.of(List.of(168, 63, 129, 16), List.of(100, 100, 100, 200), List.of(192, 0, 0, 192))
          .map(Neighbourhood::address)
          .collect(Collectors.toUnmodifiableSet());

  private Set<Inet4Address> own = Set.of();
  private long since = System.nanoTime() - LASTS;

  /** Whether the address is one of them; a laptop's change as it moves. */
  @Override
  public synchronized boolean test(Inet4Address address) {
    return isSpecial(address) || own().contains(address);
  }

  private static boolean isSpecial(Inet4Address address) {
    int first = Byte.toUnsignedInt(address.getAddress()[0]);
    return first == 0
        || first >= 224
        || address.isLoopbackAddress()
        || address.isLinkLocalAddress()
        || CLOUDS.contains(address);
  }

  private Set<Inet4Address> own() {
    if (System.nanoTime() - since >= LASTS) {
      try {
        own =
            NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(Inet4Address.class::isInstance)
                .map(Inet4Address.class::cast)
                .collect(Collectors.toUnmodifiableSet());
      } catch (SocketException e) {
        throw new IllegalStateException("the addresses of this host cannot be read", e);
      }
      since = System.nanoTime();
    }
    return own;
  }

  private static Inet4Address address(List<Integer> parts) {
    byte[] bytes = new byte[parts.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = parts.get(i).byteValue();
    }
    return Packet.address(bytes);
  }
}
