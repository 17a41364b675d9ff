package dev.peer.wire;

import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * How the files of a guest image may be coded on the wire (RFC 9110, section 8.4): with zstd (RFC
 * 8878), in frames that need no more memory than RFC 9659 lets them. Their content is the same.
 */
public final class ContentCoding {

  /** The coding, in a request and an answer. */
  public static final String ZSTD = "zstd";

  /** The header of a request with the codings that its sender takes. */
  public static final String ACCEPTED = "Accept-Encoding";

  /** The header of an answer with the coding that it has. */
  public static final String USED = "Content-Encoding";

  private static final Pattern WANTED =
      Pattern.compile(ZSTD + "(\\s*;\\s*q=(1(\\.0*)?|0\\.\\d*[1-9]\\d*))?");

  private ContentCoding() {}

  /** Whether the value of an {@link #ACCEPTED} header names it, and not to refuse it. */
  public static boolean isWanted(String header) {
    return Arrays.stream(header.split(",")).anyMatch(one -> WANTED.matcher(one.strip()).matches());
  }
}
