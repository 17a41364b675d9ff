package dev.peer.e2e;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A name server of a network that a test makes, which knows IPv6 addresses and nothing else. */
final class NameServer {

  private static final int HEADER = 12;
  private static final int AAAA = 28;
  private static final int NO_SUCH_NAME = 3;

  private NameServer() {}

  /**
   * The command that is one.
   *
   * @param address where it is asked
   * @param names each with its address, as {@code NAME=ADDRESS}
   */
  static List<String> command(String address, String... names) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                NameServer.class.getName(),
                address));
    command.addAll(List.of(names));
    return command;
  }

  /** Answers until it is ended. */
  public static void main(String[] arguments) throws IOException {
    Map<String, InetAddress> names = new HashMap<>();
    for (String entry : List.of(arguments).subList(1, arguments.length)) {
      String[] parts = entry.split("=");
      names.put(parts[0], InetAddress.ofLiteral(parts[1]));
    }
    try (DatagramSocket socket =
        new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral(arguments[0]), 53))) {
      System.err.println("answering");
      DatagramPacket packet = new DatagramPacket(new byte[512], 512);
      while (true) {
        packet.setLength(512);
        socket.receive(packet);
        byte[] answer = answer(ByteBuffer.wrap(packet.getData(), 0, packet.getLength()), names);
        socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      }
    }
  }

  private static byte[] answer(ByteBuffer query, Map<String, InetAddress> names) {
    StringBuilder name = new StringBuilder();
    query.position(HEADER);
    for (int length = query.get(); length > 0; length = query.get()) {
      byte[] label = new byte[length];
      query.get(label);
      name.append(name.isEmpty() ? "" : ".").append(new String(label, StandardCharsets.US_ASCII));
    }
    InetAddress address = names.get(name.toString());
    boolean found = query.getShort() == AAAA && address != null;
    int question = query.position() + Short.BYTES - HEADER;
    ByteBuffer answer = ByteBuffer.allocate(HEADER + question + (found ? 28 : 0));
    answer.putShort(query.getShort(0));
    answer.putShort((short) (0x8180 | (address == null ? NO_SUCH_NAME : 0)));
    answer.putShort((short) 1).putShort((short) (found ? 1 : 0)).putInt(0);
    answer.put(query.array(), HEADER, question);
    if (found) {
      answer.putShort((short) (0xc000 | HEADER)).putShort((short) AAAA).putShort((short) 1);
      answer.putInt(60).putShort((short) 16).put(address.getAddress());
    }
    return answer.array();
  }
}
