package dev.peer.wire;

import dev.peer.core.id.Printable;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** Names one connection that a relay asks a peer to open: 32 hexadecimal digits. */
public record DialId(String hex) {

  private static final Pattern FORM = Pattern.compile("[0-9a-f]{32}");
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Takes the digits, small letters. */
  public DialId {
    if (!FORM.matcher(hex).matches()) {
      throw new IllegalArgumentException(
          "not a dial (32 hexadecimal digits expected): " + Printable.of(hex));
    }
  }

  /** A new id that nobody can guess. */
  public static DialId random() {
    byte[] bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    return new DialId(HexFormat.of().formatHex(bytes));
  }

  @Override
  public String toString() {
    return hex;
  }
}
