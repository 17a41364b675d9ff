package dev.peer.wire;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which bytes of some content to send (RFC 9110, section 14).
 *
 * @param first the first byte's position, from 0
 * @param length how many bytes, 0 only if the content has none
 */
public record ByteRange(long first, long length) {

  private static final Pattern SINGLE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

  /** The range in a Range header. */
  public sealed interface Selection {

    /** All of it: no header, or one that the RFC lets a server pass over. */
    record Whole() implements Selection {}

    /** These bytes. */
    record Part(ByteRange range) implements Selection {}

    /** Bytes that the content does not have. */
    record Outside() implements Selection {}
  }

  /**
   * Reads the value of a Range header.
   *
   * @param header null if there is none
   * @param size the size of the content
   */
  public static Selection parse(String header, long size) {
    Matcher single = SINGLE.matcher(header == null ? "" : header);
    if (!single.matches() || (single.group(1).isEmpty() && single.group(2).isEmpty())) {
      return new Selection.Whole();
    }
    if (single.group(1).isEmpty()) {
      long length = Math.min(Long.parseLong(single.group(2)), size);
      return length == 0 ? new Selection.Outside() : part(size - length, length);
    }
    long first = Long.parseLong(single.group(1));
    long last = single.group(2).isEmpty() ? size - 1 : Long.parseLong(single.group(2));
    if (last < first && !single.group(2).isEmpty()) {
      return new Selection.Whole();
    }
    return first >= size
        ? new Selection.Outside()
        : part(first, Math.min(last, size - 1) - first + 1);
  }

  private static Selection part(long first, long length) {
    return new Selection.Part(new ByteRange(first, length));
  }

  /** The value of the Range header that asks for this part. */
  public String range() {
    return "bytes=" + first + "-" + (first + length - 1);
  }

  /** The value of the Content-Range header for this part of the content. */
  public String contentRange(long size) {
    return "bytes " + first + "-" + (first + length - 1) + "/" + size;
  }
}
