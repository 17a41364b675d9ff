package dev.peer.vm.network;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An IPv4 packet that the guest sends, in its Ethernet frame, as far as it matters for whether it
 * may leave. Only TCP, UDP and ICMP, and no IP options, which could lead it elsewhere.
 */
final class Packet {

  static final int ICMP = 1;
  static final int TCP = 6;
  static final int UDP = 17;

  static final int ETHERNET_HEADER = 14;
  private static final int IPV4 = 0x0800;
  private static final int IPV4_HEADER = 20;
  private static final int UDP_HEADER = 8;

  /** Version 4, and a header of five words. */
  private static final int PLAIN_HEADER = 0x45;

  private static final int LEAST_OF_TRANSPORT = 8;
  private static final int FRAGMENT_OFFSET = 0x1fff;
  private static final int LATER_FRAGMENTS = 0x3fff;

  private static final byte LIVE = 64;
  private static final int UNREACHABLE = 3;
  private static final int PROHIBITED = 13;

  private final ByteBuffer frame;
  private final Inet4Address destination;

  private Packet(ByteBuffer frame, Inet4Address destination) {
    this.frame = frame;
    this.destination = destination;
  }

  /** The packet of a frame; nothing if it is not whole or not of the kinds above. */
  static Optional<Packet> parse(byte[] frame) {
    ByteBuffer bytes = ByteBuffer.wrap(frame).asReadOnlyBuffer();
    if (frame.length < ETHERNET_HEADER + IPV4_HEADER
        || Short.toUnsignedInt(bytes.getShort(12)) != IPV4
        || bytes.get(ETHERNET_HEADER) != PLAIN_HEADER) {
      return Optional.empty();
    }
    int length = Short.toUnsignedInt(bytes.getShort(ETHERNET_HEADER + 2));
    int protocol = bytes.get(ETHERNET_HEADER + 9);
    if (length < IPV4_HEADER + LEAST_OF_TRANSPORT
        || length > frame.length - ETHERNET_HEADER
        || (protocol != ICMP && protocol != TCP && protocol != UDP)) {
      return Optional.empty();
    }
    return Optional.of(
        new Packet(
            bytes.slice(0, ETHERNET_HEADER + length),
            address(Arrays.copyOfRange(frame, ETHERNET_HEADER + 16, ETHERNET_HEADER + 20))));
  }

  static Inet4Address address(byte[] bytes) {
    try {
      return (Inet4Address) InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("four bytes are an address", e);
    }
  }

  Inet4Address destination() {
    return destination;
  }

  int protocol() {
    return frame.get(ETHERNET_HEADER + 9);
  }

  /** The port that it is for; a fragment but the first, and ICMP, has none. */
  OptionalInt destinationPort() {
    boolean first = (frame.getShort(ETHERNET_HEADER + 6) & FRAGMENT_OFFSET) == 0;
    return first && protocol() != ICMP
        ? OptionalInt.of(Short.toUnsignedInt(frame.getShort(ETHERNET_HEADER + IPV4_HEADER + 2)))
        : OptionalInt.empty();
  }

  /** Its payload, if it is a whole datagram. */
  Optional<byte[]> datagram() {
    if (protocol() != UDP || (frame.getShort(ETHERNET_HEADER + 6) & LATER_FRAGMENTS) != 0) {
      return Optional.empty();
    }
    int begin = ETHERNET_HEADER + IPV4_HEADER + UDP_HEADER;
    byte[] content = new byte[frame.limit() - begin];
    frame.get(begin, content);
    return Optional.of(content);
  }

  /** The frame that answers this datagram with another. */
  byte[] answer(byte[] content) {
    ByteBuffer answer = toSender(UDP, UDP_HEADER + content.length, frame.getInt(transport() - 4));
    answer.putShort(frame.getShort(transport() + 2)).putShort(frame.getShort(transport()));
    answer.putShort((short) (UDP_HEADER + content.length));
    answer.putShort((short) 0); // no checksum
    answer.put(content);
    return answer.array();
  }

  /** The frame that tells the sender that it may not. */
  byte[] prohibited(Inet4Address router) {
    int quoted = IPV4_HEADER + LEAST_OF_TRANSPORT;
    ByteBuffer answer =
        toSender(ICMP, LEAST_OF_TRANSPORT + quoted, ByteBuffer.wrap(router.getAddress()).getInt());
    int begin = answer.position();
    answer.put((byte) UNREACHABLE).put((byte) PROHIBITED).putShort((short) 0).putInt(0);
    answer.put(frame.slice(ETHERNET_HEADER, quoted));
    answer.putShort(begin + 2, checksum(answer, begin, answer.limit()));
    return answer.array();
  }

  private static int transport() {
    return ETHERNET_HEADER + IPV4_HEADER;
  }

  /** A frame back, with its IP header and without its payload. */
  private ByteBuffer toSender(int protocol, int length, int source) {
    ByteBuffer answer = ByteBuffer.allocate(transport() + length);
    answer.put(frame.slice(6, 6)).put(frame.slice(0, 6)).putShort((short) IPV4);
    answer.put((byte) PLAIN_HEADER).put((byte) 0).putShort((short) (IPV4_HEADER + length));
    answer.putInt(0); // no fragment
    answer.put(LIVE).put((byte) protocol).putShort((short) 0);
    answer.putInt(source).putInt(frame.getInt(ETHERNET_HEADER + 12));
    answer.putShort(
        ETHERNET_HEADER + 10, checksum(answer, ETHERNET_HEADER, ETHERNET_HEADER + IPV4_HEADER));
    return answer;
  }

  /** The Internet's; of an even number of bytes. */
  private static short checksum(ByteBuffer bytes, int begin, int end) {
    int sum = 0;
    for (int i = begin; i < end; i += 2) {
      sum += Short.toUnsignedInt(bytes.getShort(i));
    }
    while (sum >>> 16 != 0) {
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return (short) ~sum;
  }
}
