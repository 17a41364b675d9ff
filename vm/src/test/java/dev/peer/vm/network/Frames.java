package dev.peer.vm.network;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Frames as a guest sends them. */
final class Frames {

  private static final byte[] CARD = {0x52, 0x54, 0, 0x12, 0x34, 0x56};
  private static final byte[] ROUTER = {0x52, 0x55, 10, 0, 2, 2};
  static final int IP = 14;
  static final int TRANSPORT = 34;
  static final int TRANSPORT_6 = 54;

  private Frames() {}

  static byte[] tcp(String to, int port) {
    return transport(Packet.TCP, to, port, new byte[16]);
  }

  static byte[] udp(String to, int port, byte... content) {
    ByteBuffer rest = ByteBuffer.allocate(4 + content.length);
    rest.putShort((short) (8 + content.length)).putShort((short) 0).put(content);
    return transport(Packet.UDP, to, port, rest.array());
  }

  static byte[] ping(String to) {
    return transport(Packet.ICMP, to, 0, new byte[8]);
  }

  static byte[] tcp6(String to, int port) {
    return transport6(Packet.TCP, to, ports(port, new byte[16]));
  }

  static byte[] udp6(String to, int port, byte... content) {
    ByteBuffer rest = ByteBuffer.allocate(4 + content.length);
    rest.putShort((short) (8 + content.length)).putShort((short) 0).put(content);
    return transport6(Packet.UDP, to, ports(port, rest.array()));
  }

  /** An ICMP message of this type, as no router passes it on. */
  static byte[] icmp6(String to, int type) {
    byte[] message = new byte[24];
    message[0] = (byte) type;
    byte[] frame = transport6(Packet.ICMP6, to, message);
    frame[IP + 7] = (byte) 255;
    return frame;
  }

  private static byte[] ports(int port, byte[] rest) {
    return ByteBuffer.allocate(4 + rest.length)
        .putShort((short) 40_000)
        .putShort((short) port)
        .put(rest)
        .array();
  }

  private static byte[] transport6(int protocol, String to, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(TRANSPORT_6 + payload.length);
    frame.put(ROUTER).put(CARD).putShort((short) 0x86dd);
    frame.putInt(0x6001_2345).putShort((short) payload.length);
    frame.put((byte) protocol).put((byte) 64);
    frame.put(InetAddress.ofLiteral("2001:2::15").getAddress()).put(bytes6(to)).put(payload);
    return frame.array();
  }

  /** An IPv4 address in IPv6 form, too, which the literal's class does not keep. */
  private static byte[] bytes6(String address) {
    byte[] bytes = InetAddress.ofLiteral(address).getAddress();
    return bytes.length == 16
        ? bytes
        : ByteBuffer.allocate(16).putShort(10, (short) -1).put(12, bytes).array();
  }

  static byte[] arp() {
    ByteBuffer frame = ByteBuffer.allocate(42);
    frame.put(new byte[] {-1, -1, -1, -1, -1, -1}).put(CARD).putShort((short) 0x0806);
    return frame.array();
  }

  private static byte[] transport(int protocol, String to, int port, byte[] rest) {
    ByteBuffer frame = ByteBuffer.allocate(TRANSPORT + 4 + rest.length);
    frame.put(ROUTER).put(CARD).putShort((short) 0x0800);
    frame.put((byte) 0x45).put((byte) 0).putShort((short) (24 + rest.length)).putInt(0);
    frame.put((byte) 64).put((byte) protocol).putShort((short) 0);
    frame.put(new byte[] {10, 0, 2, 15}).put(InetAddress.ofLiteral(to).getAddress());
    frame.putShort((short) 40_000).putShort((short) port).put(rest);
    return frame.array();
  }

  /** A question of this type about a name. */
  static byte[] question(String name, int type) {
    ByteBuffer message = ByteBuffer.allocate(512);
    message.putShort((short) 7).putShort((short) 0x0100);
    message.putShort((short) 1).putShort((short) 0).putInt(0);
    for (String label : name.split("\\.")) {
      message.put((byte) label.length()).put(label.getBytes(StandardCharsets.US_ASCII));
    }
    message.put((byte) 0).putShort((short) type).putShort((short) 1);
    byte[] whole = new byte[message.position()];
    message.get(0, whole);
    return whole;
  }

  static Packet packet(byte[] frame) {
    return Optional.of(frame).flatMap(Packet::parse).orElseThrow();
  }
}
