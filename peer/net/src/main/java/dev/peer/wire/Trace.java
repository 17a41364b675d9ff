package dev.peer.wire;

import dev.peer.core.id.Printable;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Joins the requests of one command at all servers: 32 hexadecimal digits, not all of them 0. It
 * goes in the header {@code traceparent} (W3C Trace Context) and proves nothing: the caller chooses
 * it.
 */
public record Trace(String id) {

  /** The header's name. */
  public static final String HEADER = "traceparent";

  private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");
  private static final String NONE = "0".repeat(32);

  /** Later versions may have further fields. */
  private static final Pattern FORM =
      Pattern.compile("(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?");

  private static final Trace OF_PROCESS = random();

  /** Refuses another form. */
  public Trace {
    if (!ID.matcher(id).matches() || id.equals(NONE)) {
      throw new IllegalArgumentException(
          "not the id of a trace (32 of 0-9 and a-f expected): " + Printable.of(id));
    }
  }

  /** The one of all requests that this process makes. */
  public static Trace ofProcess() {
    return OF_PROCESS;
  }

  /** A new one. */
  public static Trace random() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return new Trace(hex(random.nextLong()) + hex(nonZero(random)));
  }

  /** The trace id in a header. Empty: the header is malformed, and ignored. */
  public static Optional<Trace> ofHeader(String value) {
    Matcher header = FORM.matcher(value);
    boolean good =
        header.matches()
            && !header.group(2).equals(NONE)
            && (header.group(3) == null || !header.group(1).equals("00"));
    return good ? Optional.of(new Trace(header.group(2))) : Optional.empty();
  }

  /** The header of one request; each has a number of its own besides. */
  public String header() {
    return "00-" + id + "-" + hex(nonZero(ThreadLocalRandom.current())) + "-01";
  }

  private static long nonZero(ThreadLocalRandom random) {
    return random.nextLong(1, Long.MAX_VALUE);
  }

  private static String hex(long number) {
    return HexFormat.of().toHexDigits(number);
  }

  @Override
  public String toString() {
    return id;
  }
}
