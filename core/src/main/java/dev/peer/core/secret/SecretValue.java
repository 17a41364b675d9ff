package dev.peer.core.secret;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * The value of a secret: text of {@value #SHORTEST} to {@value #LONGEST} bytes in UTF-8, without
 * NUL. Blanks and line breaks around it are part of it, and do not count for the shortest.
 */
public final class SecretValue {

  /**
   * In bytes. A shorter value occurs in output by chance: masking it would hide harmless text, and
   * the gaps would reveal the secret.
   */
  public static final int SHORTEST = 8;

  /** In bytes: mk cuts off longer variables, and the guest takes no longer lines. */
  public static final int LONGEST = 16_000;

  private final String text;

  private SecretValue(String text) {
    this.text = text;
  }

  /**
   * Takes a text.
   *
   * @throws IllegalArgumentException that says what is wrong with the value, such as "is empty"
   */
  public static SecretValue of(String text) {
    boolean lossless = StandardCharsets.UTF_8.newEncoder().canEncode(text);
    if (!lossless || text.indexOf('\0') >= 0 || text.indexOf('\ufffd') >= 0) {
      throw new IllegalArgumentException("is not UTF-8 text without NUL");
    }
    int core = bytes(text.strip());
    if (core == 0) {
      throw new IllegalArgumentException("is empty");
    }
    if (core < SHORTEST) {
      throw new IllegalArgumentException(
          "is shorter than " + SHORTEST + " bytes, too short to be masked");
    }
    if (bytes(text) > LONGEST) {
      throw new IllegalArgumentException("is longer than " + LONGEST + " bytes");
    }
    return new SecretValue(text);
  }

  /** As {@link #of(String)}, from bytes in UTF-8. */
  public static SecretValue of(byte[] bytes) {
    try {
      return of(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("is not UTF-8 text without NUL", e);
    }
  }

  /** The value itself, for the caller that passes it on. */
  public String reveal() {
    return text;
  }

  int length() {
    return bytes(text);
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  @Override
  public String toString() {
    return SecretMasker.MASK;
  }
}
