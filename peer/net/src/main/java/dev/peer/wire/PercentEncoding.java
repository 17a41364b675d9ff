package dev.peer.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.peer.core.id.Printable;
import dev.peer.core.record.MalformedException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.HexFormat;

/** RFC 3986: text as one segment of a path, in UTF-8. */
public final class PercentEncoding {

  private static final HexFormat UPPER = HexFormat.of().withUpperCase();

  private PercentEncoding() {}

  /** Leaves the unreserved characters as they are. */
  public static String encode(String text) {
    StringBuilder segment = new StringBuilder(text.length() + 16);
    for (byte b : text.getBytes(UTF_8)) {
      if (isUnreserved((char) (b & 0xff))) {
        segment.append((char) b);
      } else {
        segment.append('%').append(UPPER.toHexDigits(b));
      }
    }
    return segment.toString();
  }

  /** Takes each character that a path segment may have; every escape must be whole. */
  public static String decode(String segment) throws MalformedException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(segment.length());
    for (int i = 0; i < segment.length(); i++) {
      char c = segment.charAt(i);
      if (c != '%') {
        if (c <= ' ' || c > '~') {
          throw new MalformedException("path: a character is not percent-encoded");
        }
        bytes.write(c);
      } else if (i + 2 < segment.length()
          && HexFormat.isHexDigit(segment.charAt(i + 1))
          && HexFormat.isHexDigit(segment.charAt(i + 2))) {
        bytes.write(HexFormat.fromHexDigits(segment, i + 1, i + 3));
        i += 2;
      } else {
        throw new MalformedException(
            "path: % must be followed by two hexadecimal digits: " + Printable.of(segment));
      }
    }
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedException("path: not UTF-8: " + Printable.of(segment), e);
    }
  }

  private static boolean isUnreserved(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '.'
        || c == '_'
        || c == '~';
  }
}
