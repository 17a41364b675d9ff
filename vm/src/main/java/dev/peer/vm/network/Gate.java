package dev.peer.vm.network;

import dev.peer.core.network.AllowedHost;
import dev.peer.core.network.Reach;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Decides about each frame that a guest sends, by its destination alone.
 *
 * <p>If hosts are listed, it is the guest's name server too: it answers for listed names only, with
 * the addresses that this host resolves, and opens these addresses to the guest. No query for
 * another name leaves this host.
 */
final class Gate {

  private static final int NAMES_PORT = 53;
  private static final int ARP_HIGH = 0x08;
  private static final int ARP_LOW = 0x06;
  private static final int MOST_OPENINGS = 16_384;
  private static final int MOST_REFUSALS = 10;

  private final Reach reach;
  private final GuestSubnet subnet;
  private final Predicate<? super Inet4Address> near;
  private final Resolver resolver;
  private final Consumer<String> refused;
  private final Set<Permit> openings = ConcurrentHashMap.newKeySet();
  private final Set<String> refusals = new HashSet<>();

  /** Resolves a name on this host. */
  @FunctionalInterface
  interface Resolver {

    /** The name's addresses, of either family. */
    InetAddress[] resolve(String name) throws UnknownHostException;
  }

  /** An address that the guest may reach, at one port or at all. */
  private record Permit(Inet4Address address, OptionalInt port) {}

  /** What to do with a frame. */
  enum FrameAction {
    /** It goes on. */
    PASS,
    /** It ends here. */
    DROP,
    /** It ends here, and its sender is told so: {@link Packet#prohibited}. */
    PROHIBIT,
    /** It ends here: {@link #lookUp} answers it. */
    LOOK_UP
  }

  /**
   * A gate for one guest.
   *
   * @param near the addresses that no guest reaches, whether its network is open or lists them
   * @param refused told of names that were asked for and are not listed: the first ten, once each
   */
  Gate(
      NetworkRules rules,
      Predicate<? super Inet4Address> near,
      Resolver resolver,
      Consumer<String> refused) {
    this.reach = rules.reach();
    this.subnet = rules.subnet();
    this.near = near;
    this.resolver = resolver;
    this.refused = refused;
    for (AllowedHost host : listed()) {
      if (host.isAddress()) {
        openings.add(new Permit(address(host.name()), host.port()));
      }
    }
    if (rules.proxy().isPresent()) {
      openings.add(new Permit(subnet.host(), rules.proxy()));
    }
  }

  /** Decides about a frame, whose packet is given if it has one. */
  FrameAction judge(byte[] frame, Optional<Packet> packet) {
    if (packet.isEmpty()) {
      return isArp(frame) ? FrameAction.PASS : FrameAction.DROP;
    }
    Packet sent = packet.get();
    if (sent.destination().equals(subnet.nameServer())) {
      return nameServer(sent);
    }
    return mayReach(sent) ? FrameAction.PASS : FrameAction.PROHIBIT;
  }

  private static boolean isArp(byte[] frame) {
    return frame.length >= Packet.ETHERNET_HEADER && frame[12] == ARP_HIGH && frame[13] == ARP_LOW;
  }

  /** Only names: at any other port QEMU would lead to the host that resolves names for this one. */
  private FrameAction nameServer(Packet packet) {
    boolean names = packet.destinationPort().equals(OptionalInt.of(NAMES_PORT));
    return switch (reach) {
      case Reach.Open _ when names -> FrameAction.PASS;
      case Reach.Hosts _ when names && packet.protocol() == Packet.UDP -> FrameAction.LOOK_UP;
      case Reach _ -> FrameAction.PROHIBIT;
    };
  }

  private boolean mayReach(Packet packet) {
    Inet4Address to = packet.destination();
    return switch (reach) {
      case Reach.None _ -> false;
      case Reach.Open _ -> isFar(to) || (to.equals(subnet.host()) && isOpen(packet));
      case Reach.Hosts _ -> isOpen(packet) && (to.equals(subnet.host()) || isFar(to));
    };
  }

  /** QEMU leads its whole network to this host's loopback interface. */
  private boolean isFar(Inet4Address address) {
    return !subnet.contains(address) && !near.test(address);
  }

  private boolean isOpen(Packet packet) {
    return openings.contains(new Permit(packet.destination(), OptionalInt.empty()))
        || (packet.destinationPort().isPresent()
            && openings.contains(new Permit(packet.destination(), packet.destinationPort())));
  }

  /** Answers a datagram to the name server; nothing if it asks nothing. May take long. */
  Optional<byte[]> lookUp(Packet packet) {
    return packet.datagram().flatMap(NameQuery::parse).map(query -> packet.answer(answerTo(query)));
  }

  private byte[] answerTo(NameQuery query) {
    List<AllowedHost> hosts =
        listed().stream().filter(host -> host.name().equals(query.name())).toList();
    if (hosts.isEmpty()) {
      tellOf(query.name());
      return query.noSuchName();
    }
    if (!query.forAddress()) {
      return query.addresses(List.of());
    }
    try {
      List<Inet4Address> given = new ArrayList<>();
      for (InetAddress address : resolver.resolve(query.name())) {
        if (address instanceof Inet4Address found
            && isFar(found)
            && openings.size() < MOST_OPENINGS) {
          hosts.forEach(host -> openings.add(new Permit(found, host.port())));
          given.add(found);
        }
      }
      return query.addresses(given);
    } catch (UnknownHostException e) {
      return query.failure();
    }
  }

  private synchronized void tellOf(String name) {
    if (refusals.size() < MOST_REFUSALS && refusals.add(name)) {
      refused.accept(name);
    }
  }

  private List<AllowedHost> listed() {
    return reach instanceof Reach.Hosts hosts ? hosts.hosts() : List.of();
  }

  private static Inet4Address address(String text) {
    return (Inet4Address) InetAddress.ofLiteral(text);
  }

  /** The frame that tells a packet's sender that it may not. */
  byte[] prohibited(Packet packet) {
    return packet.prohibited(subnet.host());
  }
}
