package dev.peer.vm.network;

import java.net.InetAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A question to a name server, and the answers to it (RFC 1035).
 *
 * @param name the queried name, in lower case
 * @param family which addresses it asks for; empty: for something else
 */
record NameQuery(String name, Optional<Family> family, Header header) {

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

  /** Of a record, before the address. */
  private static final int RECORD_HEADER = 12;

  /** What a datagram of 512 bytes has for addresses beside the longest question. */
  private static final int MOST_BYTES = 224;

  /** A kind of addresses, with the type of its records and the size of its addresses. */
  enum Family {
    IPV4(1, 4),
    IPV6(28, 16);

    private final int type;
    private final int bytes;

    Family(int type, int bytes) {
      this.type = type;
      this.bytes = bytes;
    }

    boolean has(InetAddress address) {
      return address.getAddress().length == bytes;
    }

    private int recordBytes() {
      return RECORD_HEADER + bytes;
    }
  }

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
      Optional<Family> family =
          Arrays.stream(Family.values()).filter(each -> each.type == type).findAny();
      return Optional.of(new NameQuery(name.get(), family, new Header(id, question)));
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

  /** The answer that the name has these addresses, of the family that was asked for. */
  byte[] addresses(Family asked, Collection<? extends InetAddress> addresses) {
    List<? extends InetAddress> some =
        addresses.stream().limit(MOST_BYTES / asked.recordBytes()).toList();
    ByteBuffer answer = answer(0, some.size(), some.size() * asked.recordBytes());
    for (InetAddress address : some) {
      answer.putShort((short) POINTER_TO_QUESTION);
      answer.putShort((short) asked.type).putShort((short) INTERNET).putInt(SECONDS);
      answer.putShort((short) asked.bytes).put(address.getAddress());
    }
    return answer.array();
  }

  /** The answer that the name has nothing of what was asked for. */
  byte[] nothing() {
    return answer(0, 0, 0).array();
  }

  /** The answer that there is no such name. */
  byte[] noSuchName() {
    return answer(NO_SUCH_NAME, 0, 0).array();
  }

  /** The answer that it could not be found out. */
  byte[] failure() {
    return answer(SERVER_FAILURE, 0, 0).array();
  }

  private ByteBuffer answer(int code, int answers, int bytes) {
    ByteBuffer question = header.question.duplicate();
    ByteBuffer answer = ByteBuffer.allocate(HEADER + question.remaining() + bytes);
    answer.putShort(header.id).putShort((short) (RESPONSE | code));
    answer.putShort((short) 1).putShort((short) answers).putInt(0);
    return answer.put(question);
  }
}
