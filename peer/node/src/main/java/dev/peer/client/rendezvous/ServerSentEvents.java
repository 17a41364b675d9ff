package dev.peer.client.rendezvous;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads a stream of server-sent events, as HTML's specification has them, in bounded memory. Fields
 * that are not known are passed over.
 */
final class ServerSentEvents {

  private static final int LONGEST_LINE = 32 << 10;
  private static final int MOST_DATA = 64 << 10;

  private final Bytes bytes;
  private final byte[] buffer = new byte[8 << 10];
  private int filled;
  private int next;
  private boolean afterReturn;
  private String lastId = "";

  /** Gives bytes as a stream's read does. */
  @FunctionalInterface
  interface Bytes {

    int read(byte[] buffer, int offset, int length) throws IOException, InterruptedException;
  }

  /**
   * An event.
   *
   * @param type {@code message} where the stream names none
   * @param id the last one that the stream has given; empty: none yet, or no longer
   */
  record Event(String type, String data, String id) {}

  ServerSentEvents(Bytes bytes) {
    this.bytes = bytes;
  }

  /**
   * The next event that has data; nothing at the stream's end.
   *
   * @throws IOException if the stream breaks off, or an event is larger than any should be
   */
  Optional<Event> next() throws IOException, InterruptedException {
    String type = "message";
    StringBuilder data = new StringBuilder();
    while (true) {
      Optional<String> line = line();
      if (line.isEmpty()) {
        return Optional.empty();
      }
      if (line.get().isEmpty()) {
        if (data.length() > 0) {
          data.setLength(data.length() - 1);
          return Optional.of(new Event(type, data.toString(), lastId));
        }
        type = "message";
        continue;
      }
      String value = valueOf(line.get());
      switch (nameOf(line.get())) {
        case "event" -> type = value;
        case "id" -> lastId = value.indexOf('\0') < 0 ? value : lastId;
        case "data" -> {
          data.append(value).append('\n');
          require(data.length() <= MOST_DATA);
        }
        default -> {}
      }
    }
  }

  private static String nameOf(String line) {
    int colon = line.indexOf(':');
    return colon < 0 ? line : line.substring(0, colon);
  }

  private static String valueOf(String line) {
    int colon = line.indexOf(':');
    String value = colon < 0 ? "" : line.substring(colon + 1);
    return value.startsWith(" ") ? value.substring(1) : value;
  }

  /** A line with any line end; an unfinished one at the stream's end is none. */
  private Optional<String> line() throws IOException, InterruptedException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      if (next == filled) {
        next = 0;
        filled = bytes.read(buffer, 0, buffer.length);
        if (filled < 0) {
          filled = 0;
          return Optional.empty();
        }
      }
      for (; next < filled; next++) {
        byte one = buffer[next];
        boolean secondHalf = afterReturn && one == '\n';
        afterReturn = one == '\r';
        if (!secondHalf && (one == '\n' || one == '\r')) {
          next++;
          return Optional.of(line.toString(StandardCharsets.UTF_8));
        }
        if (!secondHalf) {
          line.write(one);
          require(line.size() <= LONGEST_LINE);
        }
      }
    }
  }

  private static void require(boolean holds) throws IOException {
    if (!holds) {
      throw new IOException("nonsense: an event larger than any");
    }
  }
}
