package dev.peer.vm.network;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * An IP packet that the guest sends, in its Ethernet frame, as far as it matters for whether it may
 * leave. Only TCP, UDP and ICMP, and no IP options and no further headers of IPv6, which could lead
 * it elsewhere: a fragment of IPv6 is none.
 */
final class Packet {

  static final int ICMP = 1;
  static final int TCP = 6;
  static final int UDP = 17;
  static final int ICMP6 = 58;

  static final int ETHERNET_HEADER = 14;
  private static final int IP = ETHERNET_HEADER;
  private static final int UDP_HEADER = 8;
  private static final int LEAST_OF_TRANSPORT = 8;
  private static final int FRAGMENT_OFFSET = 0x1fff;
  private static final int LATER_FRAGMENTS = 0x3fff;
  private static final byte LIVE = 64;

  /** What asks for routers and neighbours, and answers: RFC 4861. */
  private static final Set<Integer> DISCOVERY = Set.of(133, 135, 136);

  /** The hop limit of one that no router has passed on. */
  private static final int FROM_NEXT_TO_IT = 255;

  /** Where the parts of a packet are, and the message that it is prohibited. */
  private enum Version {
    FOUR(0x0800, 20, 9, 12, ICMP, 0x030d),
    SIX(0x86dd, 40, 6, 8, ICMP6, 0x0101);

    private final int type;
    private final int header;
    private final int protocol;
    private final int source;
    private final int addressBytes;
    private final int icmp;
    private final int prohibited;

    Version(int type, int header, int protocol, int source, int icmp, int prohibited) {
      this.type = type;
      this.header = header;
      this.protocol = protocol;
      this.source = source;
      // The two addresses are the last of a header.
      this.addressBytes = (header - source) / 2;
      this.icmp = icmp;
      this.prohibited = prohibited;
    }

    private int transport() {
      return IP + header;
    }

    private int destination() {
      return IP + source + addressBytes;
    }

    /** Whether its first byte is of this version, and of a header without options. */
    private boolean isPlain(int first) {
      return this == FOUR ? first == 0x45 : (first & 0xf0) == 0x60;
    }

    /** The bytes of the header and what follows it, as the header says. */
    private int length(ByteBuffer frame) {
      return this == FOUR
          ? Short.toUnsignedInt(frame.getShort(IP + 2))
          : header + Short.toUnsignedInt(frame.getShort(IP + 4));
    }
  }

  private final ByteBuffer frame;
  private final Version version;
  private final InetAddress destination;

  private Packet(ByteBuffer frame, Version version, InetAddress destination) {
    this.frame = frame;
    this.version = version;
    this.destination = destination;
  }

  /** The packet of a frame; nothing if it is not whole or not of the kinds above. */
  static Optional<Packet> parse(byte[] frame) {
    if (frame.length < ETHERNET_HEADER) {
      return Optional.empty();
    }
    int type = Short.toUnsignedInt(ByteBuffer.wrap(frame).getShort(12));
    return Arrays.stream(Version.values())
        .filter(version -> version.type == type)
        .findAny()
        .flatMap(version -> parse(frame, version));
  }

  private static Optional<Packet> parse(byte[] frame, Version version) {
    ByteBuffer bytes = ByteBuffer.wrap(frame).asReadOnlyBuffer();
    if (frame.length < version.transport() || !version.isPlain(bytes.get(IP))) {
      return Optional.empty();
    }
    int length = version.length(bytes);
    int protocol = bytes.get(IP + version.protocol);
    if (length < version.header + LEAST_OF_TRANSPORT
        || length > frame.length - IP
        || (protocol != version.icmp && protocol != TCP && protocol != UDP)) {
      return Optional.empty();
    }
    return Optional.of(
        new Packet(
            bytes.slice(0, IP + length),
            version,
            address(Arrays.copyOfRange(frame, version.destination(), version.transport()))));
  }

  /** An IPv4 address in IPv6 form stays one of IPv6: a packet to it is not one of IPv4. */
  private static InetAddress address(byte[] bytes) {
    try {
      return bytes.length == Version.SIX.addressBytes
          ? Inet6Address.getByAddress(null, bytes, -1)
          : InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("not the bytes of an address", e);
    }
  }

  InetAddress destination() {
    return destination;
  }

  boolean isIpv6() {
    return version == Version.SIX;
  }

  int protocol() {
    return frame.get(IP + version.protocol);
  }

  /** Whether it looks for routers and neighbours by IPv6, or answers such a one. */
  boolean isDiscovery() {
    return protocol() == ICMP6
        && DISCOVERY.contains(Byte.toUnsignedInt(frame.get(version.transport())))
        && Byte.toUnsignedInt(frame.get(IP + 7)) == FROM_NEXT_TO_IT;
  }

  /** The port that it is for; a fragment but the first, and ICMP, has none. */
  OptionalInt destinationPort() {
    return protocol() != version.icmp && (fragment() & FRAGMENT_OFFSET) == 0
        ? OptionalInt.of(Short.toUnsignedInt(frame.getShort(version.transport() + 2)))
        : OptionalInt.empty();
  }

  private int fragment() {
    return version == Version.FOUR ? frame.getShort(IP + 6) : 0;
  }

  /** Its payload, if it is a whole datagram. */
  Optional<byte[]> datagram() {
    if (protocol() != UDP || (fragment() & LATER_FRAGMENTS) != 0) {
      return Optional.empty();
    }
    int begin = version.transport() + UDP_HEADER;
    byte[] content = new byte[frame.limit() - begin];
    frame.get(begin, content);
    return Optional.of(content);
  }

  /** The frame that answers this datagram with another. */
  byte[] answer(byte[] content) {
    int transport = version.transport();
    ByteBuffer answer = toSender(UDP, UDP_HEADER + content.length, destination);
    answer.putShort(frame.getShort(transport + 2)).putShort(frame.getShort(transport));
    answer.putShort((short) (UDP_HEADER + content.length)).putShort((short) 0).put(content);
    short sum = checksum(answer, pseudoHeader(answer, UDP), transport);
    answer.putShort(transport + 6, sum == 0 ? (short) ~sum : sum);
    return answer.array();
  }

  /**
   * The frame that tells the sender that it may not.
   *
   * @param router who tells it, by an address of the packet's family
   */
  byte[] prohibited(InetAddress router) {
    int quoted = version.header + LEAST_OF_TRANSPORT;
    int transport = version.transport();
    ByteBuffer answer = toSender(version.icmp, LEAST_OF_TRANSPORT + quoted, router);
    answer.putShort((short) version.prohibited).putShort((short) 0).putInt(0);
    answer.put(frame.slice(IP, quoted));
    int start = version == Version.SIX ? pseudoHeader(answer, ICMP6) : 0;
    answer.putShort(transport + 2, checksum(answer, start, transport));
    return answer.array();
  }

  /** A frame back, with its IP header and without its payload. */
  private ByteBuffer toSender(int protocol, int length, InetAddress source) {
    ByteBuffer answer = ByteBuffer.allocate(version.transport() + length);
    answer.put(frame.slice(6, 6)).put(frame.slice(0, 6)).putShort((short) version.type);
    switch (version) {
      case FOUR -> {
        answer.put((byte) 0x45).put((byte) 0).putShort((short) (version.header + length));
        answer.putInt(0); // no fragment
        answer.put(LIVE).put((byte) protocol).putShort((short) 0);
      }
      case SIX -> {
        answer.putInt(0x60000000);
        answer.putShort((short) length).put((byte) protocol).put(LIVE);
      }
    }
    answer.put(source.getAddress()).put(frame.slice(IP + version.source, version.addressBytes));
    if (version == Version.FOUR) {
      ByteBuffer header = answer.slice(0, version.transport());
      answer.putShort(IP + 10, checksum(header, 0, IP));
    }
    return answer;
  }

  /** What the checksum counts besides the payload. */
  private int pseudoHeader(ByteBuffer answer, int protocol) {
    int sum = protocol + answer.limit() - version.transport();
    for (int i = IP + version.source; i < version.transport(); i += 2) {
      sum += Short.toUnsignedInt(answer.getShort(i));
    }
    return sum;
  }

  /** The Internet's, of all from a byte on. */
  private static short checksum(ByteBuffer bytes, int start, int begin) {
    int sum = start;
    for (int i = begin; i < bytes.limit(); i += 2) {
      sum +=
          i + 1 < bytes.limit()
              ? Short.toUnsignedInt(bytes.getShort(i))
              : Byte.toUnsignedInt(bytes.get(i)) << Byte.SIZE;
    }
    while (sum >>> 16 != 0) {
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return (short) ~sum;
  }
}
