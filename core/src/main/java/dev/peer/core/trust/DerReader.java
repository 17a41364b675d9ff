package dev.peer.core.trust;

import java.security.cert.CertificateParsingException;
import java.util.Arrays;

/**
 * Reads elements of DER (X.690) from bytes, one after another. It is strict: tags of one byte, and
 * lengths in the shortest of the definite forms.
 *
 * <p>It is ours because the JDK exports none, and to load the one of a library takes longer than
 * all else that a certificate is checked for.
 */
public final class DerReader {

  public static final int INTEGER = 0x02;
  static final int OCTET_STRING = 0x04;
  public static final int SEQUENCE = 0x30;

  private static final int LONG_FORM = 0x80;
  private static final int MOST_LENGTH_BYTES = 3;

  private final byte[] bytes;
  private int at;

  /** Begins with the first element. */
  public DerReader(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The tag that an element has as the n-th, optional one of a sequence, where it is primitive. */
  static int contextTag(int number) {
    return LONG_FORM | number;
  }

  /** Whether the next element has this tag. */
  boolean isNext(int tag) {
    return at < bytes.length && (bytes[at] & 0xff) == tag;
  }

  /** The content of the next element, which must have this tag. */
  public byte[] read(int tag) throws CertificateParsingException {
    if (!isNext(tag)) {
      throw new CertificateParsingException("an element with the tag " + tag + " is expected");
    }
    at++;
    int length = length();
    if (length > bytes.length - at) {
      throw new CertificateParsingException("an element is longer than what holds it");
    }
    at += length;
    return Arrays.copyOfRange(bytes, at - length, at);
  }

  /** Refuses bytes after the last element. */
  public void end() throws CertificateParsingException {
    if (at != bytes.length) {
      throw new CertificateParsingException("there is more after the last element");
    }
  }

  private int length() throws CertificateParsingException {
    int first = nextByte();
    if (first < LONG_FORM) {
      return first;
    }
    int count = first - LONG_FORM;
    if (count == 0 || count > MOST_LENGTH_BYTES) {
      throw new CertificateParsingException("a length has no form that is accepted");
    }
    int length = 0;
    for (int i = 0; i < count; i++) {
      length = length << 8 | nextByte();
    }
    if (length < LONG_FORM || length >> (8 * (count - 1)) == 0) {
      throw new CertificateParsingException("a length is not in its shortest form");
    }
    return length;
  }

  private int nextByte() throws CertificateParsingException {
    if (at == bytes.length) {
      throw new CertificateParsingException("an element ends within its length");
    }
    return bytes[at++] & 0xff;
  }
}
