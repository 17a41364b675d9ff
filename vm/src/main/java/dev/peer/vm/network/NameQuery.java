package dev.peer.vm.network;

import java.net.Inet4Address;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A question to a name server, and the answers to it (RFC 1035).
 *
 * @param name the queried name, in lower case
 */
record NameQuery(String name, boolean forAddress, Header header) {

  private static final int ADDRESS_TYPE = 1;
  private static final int INTERNET = 1;
  private static final int HEADER = 12;
  private static final int LONGEST_LABEL = 63;
  private static final int LONGEST_NAME = 253;
  private static final int QUERY_BITS = 0xf800;

  /** A response, recursion desired and available. */
  private static final int RESPONSE = 0x8180;

  private static final int SERVER_FAILURE = 2;
  private static final int NO_SUCH_NAME = 3;
  private static final int POINTER_TO_QUESTION = 0xc000 | HEADER;
  private static final int SECONDS = 60;
  private static final int ADDRESS_RECORD = 16;

  /** As many as fit into a datagram of 512 bytes beside the longest question. */
  private static final int MOST_ADDRESSES = 14;

  /**
   * The part that an answer repeats.
   *
   * @param id the query's number
   * @param question the question as it was asked
   */
  record Header(short id, ByteBuffer question) {}

  /** The one question of a query; empty for any other packet. */
  static Optional<NameQuery> parse(byte[] message) {
    ByteBuffer bytes = ByteBuffer.wrap(message).asReadOnlyBuffer();
    try {
      short id = bytes.getShort();
      int flags = Short.toUnsignedInt(bytes.getShort());
      if ((flags & QUERY_BITS) != 0 || bytes.getShort() != 1) {
        return Optional.empty();
      }
      bytes.position(HEADER);
      Optional<String> name = name(bytes);
      int type = bytes.getShort();
      int kind = bytes.getShort();
      if (name.isEmpty() || kind != INTERNET) {
        return Optional.empty();
      }
      ByteBuffer question = bytes.slice(HEADER, bytes.position() - HEADER);
      return Optional.of(new NameQuery(name.get(), type == ADDRESS_TYPE, new Header(id, question)));
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> name(ByteBuffer bytes) {
    StringBuilder name = new StringBuilder();
    for (int length = bytes.get(); length != 0; length = bytes.get()) {
      if (length < 0 || length > LONGEST_LABEL || name.length() + length > LONGEST_NAME) {
        return Optional.empty();
      }
      byte[] label = new byte[length];
      bytes.get(label);
      name.append(name.isEmpty() ? "" : ".").append(new String(label, StandardCharsets.US_ASCII));
    }
    return Optional.of(name.toString().toLowerCase(Locale.ROOT));
  }

  /** The answer that the name has these addresses, which may be none. */
  byte[] addresses(Collection<Inet4Address> addresses) {
    List<Inet4Address> some = addresses.stream().limit(MOST_ADDRESSES).toList();
    ByteBuffer answer = answer(0, some.size());
    for (Inet4Address address : some) {
      answer.putShort((short) POINTER_TO_QUESTION);
      answer.putShort((short) ADDRESS_TYPE).putShort((short) INTERNET).putInt(SECONDS);
      answer.putShort((short) 4).put(address.getAddress());
    }
    return answer.array();
  }

  /** The answer that there is no such name. */
  byte[] noSuchName() {
    return answer(NO_SUCH_NAME, 0).array();
  }

  /** The answer that it could not be found out. */
  byte[] failure() {
    return answer(SERVER_FAILURE, 0).array();
  }

  private ByteBuffer answer(int code, int answers) {
    ByteBuffer question = header.question.duplicate();
    ByteBuffer answer =
        ByteBuffer.allocate(HEADER + question.remaining() + answers * ADDRESS_RECORD);
    answer.putShort(header.id).putShort((short) (RESPONSE | code));
    answer.putShort((short) 1).putShort((short) answers).putInt(0);
    return answer.put(question);
  }
}
