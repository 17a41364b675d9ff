package dev.peer.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.peer.core.record.MalformedException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** A line between a relay and a peer that is registered there. */
public sealed interface RelayLine {

  /** How long a line may be, its end not counted. */
  int LONGEST = 64;

  /** Said again and again by both, so that each knows that the other is there. */
  record Alive() implements RelayLine {}

  /** By a relay: a caller asks for the peer, which should open a connection under this name. */
  record Dial(DialId id) implements RelayLine {}

  /** By a peer: it has as many connections as it may have, and opens none. */
  record Busy(DialId id) implements RelayLine {}

  /** The line with its end, as it goes over the wire. */
  default byte[] bytes() {
    String line =
        switch (this) {
          case Alive _ -> "alive";
          case Dial(DialId id) -> "dial " + id;
          case Busy(DialId id) -> "busy " + id;
        };
    return (line + "\n").getBytes(US_ASCII);
  }

  /**
   * Reads a line.
   *
   * @throws EOFException if there is none
   */
  static RelayLine read(InputStream in) throws IOException, MalformedException {
    StringBuilder line = new StringBuilder(LONGEST);
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the other side has ended the connection");
      }
      if (line.length() == LONGEST) {
        throw malformed(null);
      }
      line.append((char) c);
    }
    return parse(line.toString());
  }

  private static RelayLine parse(String line) throws MalformedException {
    try {
      if (line.equals("alive")) {
        return new Alive();
      }
      if (line.startsWith("dial ")) {
        return new Dial(new DialId(line.substring(5)));
      }
      if (line.startsWith("busy ")) {
        return new Busy(new DialId(line.substring(5)));
      }
    } catch (IllegalArgumentException e) {
      throw malformed(e);
    }
    throw malformed(null);
  }

  private static MalformedException malformed(IllegalArgumentException cause) {
    return new MalformedException("relay: alive, dial ID or busy ID was expected", cause);
  }
}
