package dev.peer.wire;

import dev.peer.core.id.Printable;
import dev.peer.core.record.MalformedException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Distinguishes the processes that run with one certificate, which are one peer with several
 * leases: 1 to 64 letters, digits, {@code -} and {@code _}, made at random by each process. It
 * identifies no peer: an instance belongs to the certificate that it comes with.
 */
public record InstanceId(String text) {

  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final String QUERY = "instance=";

  /** The instance of a peer that gives none. */
  public static final InstanceId SOLE = new InstanceId("sole");

  /** Takes the id as it is. */
  public InstanceId {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "not an instance (1 to 64 of A-Z, a-z, 0-9, - and _ expected): " + Printable.of(text));
    }
  }

  /** A new instance. */
  public static InstanceId random() {
    byte[] bytes = new byte[16];
    new SecureRandom().nextBytes(bytes);
    return new InstanceId(HexFormat.of().formatHex(bytes));
  }

  /** The query of a request that is made for this instance, with its question mark. */
  public String query() {
    return "?" + QUERY + text;
  }

  /** Reads the query of a request, without its question mark; an empty one gives {@link #SOLE}. */
  public static InstanceId ofQuery(String query) throws MalformedException {
    if (query.isEmpty()) {
      return SOLE;
    }
    if (!query.startsWith(QUERY)) {
      throw new MalformedException(
          "query: instance=ID or nothing expected: " + Printable.of(query));
    }
    try {
      return new InstanceId(query.substring(QUERY.length()));
    } catch (IllegalArgumentException e) {
      throw new MalformedException("query: " + e.getMessage(), e);
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
