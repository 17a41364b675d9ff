package dev.peer.vm.network;

import dev.peer.core.network.AllowedHost;
import dev.peer.core.network.Reach;
import dev.peer.vm.network.NameQuery.Family;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
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

  private final Reach reach;
  private final GuestSubnet subnet;
  private final Predicate<? super InetAddress> near;
  private final Resolver resolver;
  private final Set<Permit> openings = ConcurrentHashMap.newKeySet();
  private final FirstNotes refusals;

  /** Resolves a name on this host. */
  @FunctionalInterface
  interface Resolver {

    /** The name's addresses, of either family. */
    InetAddress[] resolve(String name) throws UnknownHostException;
  }

  /** An address that the guest may reach, at one port or at all. */
  private record Permit(InetAddress address, OptionalInt port) {}

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
      Predicate<? super InetAddress> near,
      Resolver resolver,
      Consumer<String> refused) {
    this.reach = rules.reach();
    this.subnet = rules.subnet();
    this.near = near;
    this.resolver = resolver;
    this.refusals = new FirstNotes(refused);
    for (AllowedHost host : reach.listed()) {
      host.address().ifPresent(address -> openings.add(new Permit(address, host.port())));
    }
    for (int port : rules.ports()) {
      openings.add(new Permit(subnet.host(), OptionalInt.of(port)));
    }
  }

  /** Decides about a frame, whose packet is given if it has one. */
  FrameAction judge(byte[] frame, Optional<Packet> packet) {
    if (packet.isEmpty()) {
      return isArp(frame) ? FrameAction.PASS : FrameAction.DROP;
    }
    Packet sent = packet.get();
    if (sent.isIpv6()) {
      if (!subnet.ipv6()) {
        return FrameAction.DROP;
      }
      // QEMU itself answers discovery. The others may be errors, which no error answers.
      if (sent.protocol() == Packet.ICMP6) {
        return sent.isDiscovery() && isForQemu(sent) ? FrameAction.PASS : FrameAction.DROP;
      }
      if (sent.destination().isMulticastAddress()) {
        return FrameAction.DROP;
      }
    }
    if (subnet.isNameServer(sent.destination())) {
      return nameServer(sent);
    }
    return mayReach(sent) ? FrameAction.PASS : FrameAction.PROHIBIT;
  }

  private static boolean isArp(byte[] frame) {
    return frame.length >= Packet.ETHERNET_HEADER && frame[12] == ARP_HIGH && frame[13] == ARP_LOW;
  }

  private boolean isForQemu(Packet packet) {
    InetAddress to = packet.destination();
    return to.isMCLinkLocal() || to.isLinkLocalAddress() || subnet.contains(to);
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
    InetAddress to = packet.destination();
    return switch (reach) {
      case Reach.None _ -> false;
      case Reach.Open _ -> isFar(to) || (to.equals(subnet.host()) && isOpen(packet));
      case Reach.Hosts _ -> isOpen(packet) && (to.equals(subnet.host()) || isFar(to));
    };
  }

  /** QEMU leads its whole network to this host's loopback interface. */
  private boolean isFar(InetAddress address) {
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
        reach.listed().stream().filter(host -> host.name().equals(query.name())).toList();
    if (hosts.isEmpty()) {
      refusals.say(query.name(), query.name());
      return query.noSuchName();
    }
    try {
      return query.family().isPresent()
          ? addresses(query, query.family().get(), hosts)
          : query.nothing();
    } catch (UnknownHostException e) {
      return query.failure();
    }
  }

  private byte[] addresses(NameQuery query, Family asked, List<AllowedHost> hosts)
      throws UnknownHostException {
    if (asked == Family.IPV6 && !subnet.ipv6()) {
      return query.nothing();
    }
    List<InetAddress> given = new ArrayList<>();
    for (InetAddress address : resolver.resolve(query.name())) {
      if (asked.has(address) && isFar(address) && openings.size() < MOST_OPENINGS) {
        hosts.forEach(host -> openings.add(new Permit(address, host.port())));
        given.add(address);
      }
    }
    return query.addresses(asked, given);
  }

  /** The frame that tells a packet's sender that it may not. */
  byte[] prohibited(Packet packet) {
    return packet.prohibited(packet.isIpv6() ? GuestSubnet.host6() : subnet.host());
  }
}
