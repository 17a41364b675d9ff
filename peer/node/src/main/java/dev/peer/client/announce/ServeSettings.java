package dev.peer.client.announce;

import dev.peer.client.fetch.LocalRoute;
import dev.peer.core.id.Digest;
import dev.peer.wire.LeaseRequest;
import dev.peer.wire.Limits;
import dev.peer.wire.PeerAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where a peer serves what it announces.
 *
 * @param rendezvous where to announce, all of them; at least one
 * @param listen where to listen; if empty, on a free port of the address that leads to the
 *     rendezvous alone, or of all addresses while that is unknown
 * @param advertise the addresses for others; if empty, the address listened on or, if that is all
 *     addresses, the one that leads to the rendezvous
 * @param relays where to be registered too, as {@link PeerAddress} reads them; none: nowhere
 */
public record ServeSettings(
    List<URI> rendezvous,
    Optional<InetSocketAddress> listen,
    List<URI> advertise,
    List<URI> relays) {

  /** Without relays. */
  public ServeSettings(
      List<URI> rendezvous, Optional<InetSocketAddress> listen, List<URI> advertise) {
    this(rendezvous, listen, advertise, List.of());
  }

  /** Copies the lists. */
  public ServeSettings {
    rendezvous = List.copyOf(rendezvous);
    advertise = List.copyOf(advertise);
    relays = List.copyOf(relays);
    if (rendezvous.isEmpty()) {
      throw new IllegalArgumentException("at least one rendezvous is needed");
    }
  }

  InetSocketAddress listenAddress() {
    if (listen.isPresent()) {
      return listen.get();
    }
    Set<InetAddress> routes = new HashSet<>();
    for (URI address : rendezvous) {
      try {
        routes.add(LocalRoute.towards(address));
      } catch (IOException e) {
        return new InetSocketAddress(0);
      }
    }
    return new InetSocketAddress(routes.size() == 1 ? routes.iterator().next() : null, 0);
  }

  /**
   * The addresses for one rendezvous; computed each time, because a laptop moves between networks.
   *
   * @param registered the addresses at relays where this peer is registered now
   */
  LeaseRequest request(
      URI address, InetSocketAddress bound, List<Digest> images, List<URI> registered)
      throws IOException {
    return new LeaseRequest(
        addresses(address, bound), first(images, Limits.IMAGES), first(registered, Limits.RELAYS));
  }

  /**
   * Where others are told to connect to.
   *
   * @param address of the rendezvous that tells them
   * @param bound where this peer listens
   */
  public List<URI> addresses(URI address, InetSocketAddress bound) throws IOException {
    return advertise.isEmpty() ? seen(address, bound) : advertise;
  }

  private static <T> List<T> first(List<T> all, int most) {
    return all.subList(0, Math.min(all.size(), most));
  }

  private static List<URI> seen(URI address, InetSocketAddress bound) throws IOException {
    InetAddress ip = bound.getAddress();
    InetAddress seen = ip.isAnyLocalAddress() ? LocalRoute.towards(address) : ip;
    return List.of(PeerAddress.of(new InetSocketAddress(seen, bound.getPort())));
  }
}
